import Files
import Volumes

/// An NRRD file whose header is read and checked.
struct NRRDImage: ParsedImage {
  let path: String
  let header: NRRDHeader
  let data: VoxelData
  var warnings: [String] { header.warnings }
  var scaling: ValueScaling? { nil }

  init(_ file: InputFile, options: ReadOptions) throws {
    let (header, end) = try NRRDHeaderParser.parse(file)
    path = file.path
    self.header = header
    data = VoxelData(
      path: file.path, type: header.type, sizes: header.sizes, encoding: header.encoding,
      endianness: header.endian ?? .host, byteSkip: header.byteSkip,
      parts: try Self.parts(file, header, end: end, options), options: options)
    try data.checkSizes()
  }

  private static func parts(
    _ file: InputFile, _ header: NRRDHeader, end: Int, _ options: ReadOptions
  ) throws -> [VoxelData.Part] {
    switch header.dataFile {
    case .attached:
      var part = VoxelData.Part(path: file.path, start: end, fileSize: file.size)
      part.start = try skipLines(header.lineSkip, in: FileSection(file, from: end))
      return [part]
    case .names(let names):
      let line = header.lines[.dataFile]
      let location = DataFileLocation(
        headerPath: file.path, line: line, allowOutside: options.allowOutsideFolder)
      return try names.map { name in
        let dataFile = try InputFile(try location.path(of: name))
        var part = VoxelData.Part(path: dataFile.path, start: 0, fileSize: dataFile.size, line: nil)
        part.start = try skipLines(header.lineSkip, in: FileSection(dataFile, from: 0))
        return part
      }
    }
  }

  /// The offset behind so many lines of the stored (not the decoded) bytes.
  private static func skipLines(_ count: Int, in section: FileSection) throws -> Int {
    guard count > 0 else { return section.start }
    var bytes = ByteStream(section)
    var rest = count
    var isAfterCR = false
    while rest > 0 || isAfterCR {
      // CR LF ends one line, and so do LF and CR alone, as in teem.
      let before = bytes
      guard let byte = try bytes.next() else {
        if rest == 0 { break }
        throw VolumeIOError(
          .truncated, path: section.file.path, field: "line skip",
          expected: "\(count) lines before the voxels", found: "\(count - rest)",
          remedy: "correct \"line skip\", or get the data file again")
      }
      if isAfterCR {
        isAfterCR = false
        if byte == UInt8(ascii: "\n") { continue }
        if rest == 0 { return before.offset }
      }
      isAfterCR = byte == UInt8(ascii: "\r")
      if isAfterCR || byte == UInt8(ascii: "\n") { rest -= 1 }
    }
    return bytes.offset
  }

  var info: ImageInfo {
    func known(_ values: [Double]?) -> [Double?]? { values?.map { $0.isFinite ? $0 : nil } }
    var info = ImageInfo(
      format: .nrrd, type: header.type, sizes: header.sizes, space: header.space?.name,
      spaceDirections: header.spaceDirections, spaceOrigin: header.spaceOrigin,
      spacings: spacings, encoding: header.encoding,
      endian: header.endianMatters ? header.endian : nil, keyValues: header.keyValues)
    info.details.kinds = header.kinds
    info.details.labels = header.labels
    info.details.units = header.units
    info.details.centerings = header.centerings
    info.details.thicknesses = known(header.thicknesses)
    info.details.axisMins = known(header.axisMins)
    info.details.axisMaxs = known(header.axisMaxs)
    info.details.spaceUnits = header.spaceUnits
    info.details.measurementFrame = header.measurementFrame
    info.details.sampleUnits = header.sampleUnits
    info.details.oldMin = header.oldMin
    info.details.oldMax = header.oldMax
    info.details.content = header.content
    info.details.comments = header.comments
    return info
  }

  /// The length of an axis's direction, else what `spacings` says.
  private var spacings: [Double?] {
    header.sizes.indices.map { axis in
      if let direction = header.spaceDirections?[axis] {
        return direction.reduce(0) { $0 + $1 * $1 }.squareRoot()
      }
      guard let spacing = header.spacings?[axis], spacing.isFinite else { return nil }
      return spacing
    }
  }
}
