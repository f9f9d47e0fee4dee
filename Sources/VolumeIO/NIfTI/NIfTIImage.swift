import Errors
import Files
import Volumes

/// A NIfTI file, or a pair of files, whose header is read and checked.
struct NIfTIImage: ParsedImage {
  let path: String
  let header: NIfTIHeader
  let data: VoxelData
  let placement: NIfTIPlacement
  private let extensionList: NIfTIExtensions
  var warnings: [String] { placement.warnings + scalingWarnings + extensionList.warnings }

  /// - Parameters:
  ///   - file: the header's file.
  ///   - start: its first bytes, decompressed, at least 544 where there are so many.
  ///   - isGzip: whether the file is compressed.
  init(_ file: InputFile, start: [UInt8], isGzip: Bool, options: ReadOptions) throws {
    path = file.path
    header = try NIfTIHeaderParser.parse(start, path: file.path)
    let dataFile = header.isPair ? try Self.partner(of: file) : file
    let dataIsGzip =
      header.isPair ? try dataFile.bytes(at: 0, count: 2) == [0x1f, 0x8b] : isGzip
    placement = NIfTIPlacement(header, path: file.path)
    data = VoxelData(
      file: file, type: NIfTIDataType.type(header.dataType)!, sizes: header.sizes,
      encoding: dataIsGzip ? .gzip : .raw, endianness: header.endian,
      byteSkip: header.voxelOffset,
      parts: [VoxelData.Part(file: dataFile, start: 0)],
      options: options)
    try data.checkSizes()
    extensionList = try NIfTIExtensions(
      file, isGzip: isGzip, header: header, start: start)
  }

  /// The extensions behind the header, in order.
  ///
  /// - Throws: `Diagnostic` where they cannot be read.
  /// - Complexity: their bytes.
  func extensions() throws -> [NIfTIExtension] { try extensionList.read() }

  /// The header's file of a pair of which the voxels' file is named, else the path itself.
  static func headerPath(for path: String) -> String {
    let name = path.lowercased()
    guard name.hasSuffix(".img") || name.hasSuffix(".img.gz") else { return path }
    return siblings(of: path, from: "img", to: "hdr").first { (try? InputFile($0)) != nil } ?? path
  }

  private static func partner(of header: InputFile) throws -> InputFile {
    let names = siblings(of: header.path, from: "hdr", to: "img")
    for name in names {
      if let file = try? InputFile(name, hashes: header.hashes) { return file }
    }
    throw Diagnostic(
      .unreadable, header.path, field: "magic",
      expected: "the voxels in \(quoted(names.first ?? "a file .img"))", found: "no such file",
      remedy: "put the .img file beside its .hdr")
  }

  /// `x.hdr` → `x.img`, `x.img.gz`; likewise in capitals, back, and from `x.hdr.gz`.
  private static func siblings(of path: String, from old: String, to new: String) -> [String] {
    let isCompressed = path.lowercased().hasSuffix(".gz")
    let plain = isCompressed ? String(path.dropLast(3)) : path
    guard plain.lowercased().hasSuffix("." + old) else { return [] }
    let isUpper = plain.hasSuffix(old.uppercased())
    let twin = plain.dropLast(old.count) + (isUpper ? new.uppercased() : new)
    let both = [String(twin), twin + (isUpper ? ".GZ" : ".gz")]
    return isCompressed ? both.reversed() : both
  }

  var scaling: ValueScaling? {
    // nifti1.h: "the scaling is to be ignored if datatype is DT_RGB24".
    if data.type == .rgb24 || data.type == .rgba32 { return nil }
    guard header.slope.isFinite, header.intercept.isFinite, header.slope != 0,
      header.slope != 1 || header.intercept != 0
    else { return nil }
    return ValueScaling(slope: header.slope, intercept: header.intercept)
  }

  private var scalingWarnings: [String] {
    if !header.slope.isFinite || (header.slope != 0 && !header.intercept.isFinite) {
      return ["\(path): scl_slope: not a finite scaling, values are taken as stored"]
    }
    guard let scaling else { return [] }
    return [
      "\(path): scl_slope: values are stored as (value - \(NumberText.shortest(scaling.intercept)))"
        + " / \(NumberText.shortest(scaling.slope))"
    ]
  }

  var info: ImageInfo {
    let rank = header.sizes.count
    let map = placement.map
    var info = ImageInfo(
      format: header.version == 1 ? .nifti1 : .nifti2, type: data.type, sizes: header.sizes,
      space: placement.hasSpace ? Space.rightAnteriorSuperior.rawValue : nil,
      spaceDirections: (0..<rank).map { axis in
        axis < 3 ? (0..<3).map { map.linear[axis][$0] } : nil
      },
      spaceOrigin: (0..<3).map { map.translation[$0] },
      spacings: (0..<rank).map { axis in
        if axis < 3, placement.hasSpace || header.pixdim[axis + 1] != 0 {
          return map.linear[axis].length
        }
        let step = header.pixdim[axis + 1]
        return step.isFinite && step > 0 ? step : nil
      },
      encoding: data.encoding, endian: data.type.swapUnit > 1 ? header.endian : nil, keyValues: [])
    if !header.description.isEmpty { info.details.content = header.description }
    return info
  }

  func geometry() throws -> (geometry: Geometry, warnings: [String]) {
    guard data.type.scalarType != nil else {
      throw notAVolume("datatype", expected: "voxels that are numbers", found: data.type.name)
    }
    for (axis, size) in header.sizes.enumerated() where axis >= 3 && size != 1 {
      throw notAVolume(
        "dim[\(axis + 1)]", expected: "1 beyond the three axes of space", found: "\(size)")
    }
    return (try spatialGeometry(), [])
  }

  /// The placement of the first three axes, whatever follows them.
  private func spatialGeometry() throws -> Geometry {
    guard header.sizes.count >= 3 else {
      throw notAVolume("dim[0]", expected: "3 axes", found: "\(header.sizes.count)")
    }
    return try filledGeometry()
  }

  /// The same where there may be fewer axes: what is missing of three has size 1, and the direction
  /// that the header states if that stands on the others.
  func filledGeometry() throws -> Geometry {
    let rank = header.sizes.count
    let sizes = header.sizes + [Int](repeating: 1, count: max(0, 3 - rank))
    let scale = placement.millimetresPerUnit
    var map = placement.map
    if rank < 3 {
      let lengths = (0..<3).map { map.linear[$0].length }
      if !(abs(map.linear.determinant) > 1e-9 * lengths[0] * lengths[1] * lengths[2]) {
        map.linear = map.linear.completed(from: rank)
      }
    }
    let geometry = Geometry(
      sizes: GridSize(sizes[0], sizes[1], sizes[2]),
      space: placement.hasSpace ? .rightAnteriorSuperior : nil,
      directions: scale == 1
        ? map.linear
        : Matrix3(map.linear[0] * scale, map.linear[1] * scale, map.linear[2] * scale),
      origin: scale == 1 ? map.translation : map.translation * scale,
      placement: placement.hasSpace ? .directions : placement.hasSpacings ? .spacings : .none)
    try geometry.checkSpansSpace(path: path, line: nil, field: placement.field)
    return geometry
  }

  private func notAVolume(_ field: String, expected: String, found: String) -> Diagnostic {
    Diagnostic(
      .notAVolume, path, field: field, expected: expected, found: found,
      remedy: "extract one scalar volume first")
  }
}
