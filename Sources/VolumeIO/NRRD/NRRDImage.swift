import Files
import Volumes

/// An NRRD file whose header is read and checked.
struct NRRDImage: ParsedImage {
  let path: String
  let header: NRRDHeader
  let data: VoxelData
  var warnings: [String] { header.warnings + scalingWarnings }

  init(_ file: InputFile, options: ReadOptions) throws {
    let (header, end) = try NRRDHeaderParser.parse(file)
    path = file.path
    self.header = header
    var data = VoxelData(
      file: file, type: header.type, sizes: header.sizes, encoding: header.encoding,
      endianness: header.endian ?? .host, byteSkip: header.byteSkip,
      parts: try Self.parts(file, header, end: end, options), options: options)
    // Before lines are counted, which is work: what is too short without them needs none.
    try data.checkSizes(beforeLines: header.lineSkip > 0)
    if header.lineSkip > 0 {
      data.parts = try Self.skippingLines(of: data, header)
      try data.checkSizes()
    }
    self.data = data
  }

  private static func parts(
    _ file: InputFile, _ header: NRRDHeader, end: Int, _ options: ReadOptions
  ) throws -> [VoxelData.Part] {
    switch header.dataFile {
    case .attached:
      return [VoxelData.Part(file: file, start: min(end, file.size))]
    case .names(let names):
      var location = DataFileLocation(
        headerPath: file.path, line: header.lines[.dataFile],
        allowOutside: options.allowOutsideFolder)
      // All must be there before the first is opened, and one that is named often is opened once.
      let paths = try names.map { try location.path(of: $0) }
      var known: [String: VoxelData.Part] = [:]
      return try paths.map { path in
        if let part = known[path] { return part }
        let part = VoxelData.Part(
          file: try InputFile(path, hashes: file.hashes), start: 0)
        if paths.count > 1 { part.file.release() }
        known[path] = part
        return part
      }
    }
  }

  /// The parts without the lines before their bytes.
  private static func skippingLines(
    of data: VoxelData, _ header: NRRDHeader
  ) throws -> [VoxelData.Part] {
    var skip = LineSkip(
      count: header.lineSkip, limit: data.largestSkip, headerPath: data.path,
      line: header.lines[.lineSkip])
    var known: [String: Int] = [:]
    return try data.parts.map { part in
      var part = part
      if let start = known[part.path] {
        part.start = start
      } else {
        part.start = try skip.end(in: FileSection(part.file, from: part.start))
        if data.parts.count > 1, part.file !== data.file { part.file.release() }
        known[part.path] = part.start
      }
      return part
    }
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
