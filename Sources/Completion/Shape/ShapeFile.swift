import Concurrency
internal import Errors
import Files
internal import Skulls
internal import TensorFiles
internal import Volumes

extension ShapeTemplate {
  /// What a file of a template says that it is.
  static let kind = "shape-template"

  /// The template as a file holds it: one bit a cell, and texts.
  ///
  /// - Parameter notice: where the head comes from and its licence.
  func archive(notice: String) -> TensorArchive {
    let (geometry, pose) = (bone.geometry, pose.lpsFromHead)
    var archive = TensorArchive(metadata: [
      "kind": Self.kind, "notice": notice,
      "sizes": Self.text((0..<3).map { Double(geometry.sizes[$0]) }),
      "cell": Self.text([geometry.directions[0].x]),
      "origin": Self.text((0..<3).map { geometry.origin[$0] }),
      "scale": Self.text([self.pose.scale]),
      "middle": Self.text((0..<3).map { pose.translation[$0] }),
      "axes": Self.text((0..<9).map { pose.linear[$0 / 3][$0 % 3] }),
    ])
    let bits = PackedMasks.pack(bone)
    // A name that is the only one is no duplicate.
    try? archive.append(NamedTensor(name: "bone", type: .uint8, shape: [bits.count], bytes: bits))
    return archive
  }

  /// Writes the template's file, replacing `path` at once or not at all.
  ///
  /// - Throws: `Diagnostic` where the file cannot be written.
  public func write(to path: String, notice: String) throws {
    try archive(notice: notice).writeSafetensors(to: path)
  }

  /// The template of a file.
  ///
  /// - Throws: `Diagnostic` with code `notAModel` or one of the file's format.
  init(_ archive: TensorArchive, threads: Int = 1) throws(Diagnostic) {
    guard let kind = archive.metadata["kind"], kind == Self.kind else {
      throw Diagnostic(
        .notAModel, archive.path, field: "kind", expected: Self.kind,
        found: archive.metadata["kind"] ?? "none",
        remedy: "name a file that `calvaria template` made")
    }
    func numbers(
      _ name: String, _ count: Int, _ range: ClosedRange<Double>
    ) throws(Diagnostic) -> [Double] {
      let text = archive.metadata[name] ?? "nothing"
      let numbers = text.split(separator: " ").map { Double($0) ?? .nan }
      guard numbers.count == count, numbers.allSatisfy(range.contains) else {
        throw Diagnostic(
          .notAModel, archive.path, field: name,
          expected: "\(count) numbers from \(range.lowerBound) to \(range.upperBound)",
          found: text, remedy: "make the file again with `calvaria template`")
      }
      return numbers
    }
    let sizes = try numbers("sizes", 3, 16...512).map { Int($0) }
    let cell = try numbers("cell", 1, 0.4...8)[0]
    let origin = try numbers("origin", 3, -1000...1000)
    let scale = try numbers("scale", 1, 0.3...3)[0]
    let middle = try numbers("middle", 3, -1000...1000)
    let axes = try numbers("axes", 9, -1.001...1.001)
    var geometry = Geometry(
      sizes: GridSize(sizes[0], sizes[1], sizes[2]), spacing: SIMD3(repeating: cell))
    geometry.origin = SIMD3(origin[0], origin[1], origin[2])
    let tensor = try archive.tensor(
      "bone", shape: [PackedMasks.byteCount(voxels: geometry.sizes.count)])
    let bytes = tensor.bytes
    guard tensor.type == .uint8 else {
      throw Diagnostic(
        .notAModel, archive.path, field: "tensor \"bone\"", expected: "U8",
        found: tensor.type.rawValue, remedy: "make the file again with `calvaria template`")
    }
    func axis(_ n: Int) -> SIMD3<Double> { SIMD3(axes[n], axes[n + 1], axes[n + 2]) }
    let lpsFromHead = Matrix3(axis(0), axis(3), axis(6))
    guard abs(lpsFromHead.determinant - 1) < 1e-3 else {
      throw Diagnostic(
        .notAModel, archive.path, field: "axes", expected: "those of a rotation",
        found: archive.metadata["axes"] ?? "none",
        remedy: "make the file again with `calvaria template`")
    }
    self.init(
      bone: PackedMasks.unpack(bytes, on: geometry),
      pose: HeadPose(
        rotation: lpsFromHead.transposed, centre: SIMD3(middle[0], middle[1], middle[2]),
        scale: scale), threads: threads)
  }

  private static func text(_ numbers: [Double]) -> String {
    numbers.map { $0 == $0.rounded() ? "\(Int($0))" : "\($0)" }.joined(separator: " ")
  }
}

/// A template's file that is read once, when it is first needed.
public final class ShapeFile: Sendable {
  public let path: String
  private let loaded = Guarded<Result<Loaded, Diagnostic>?>(nil)

  struct Loaded: Sendable {
    let template: ShapeTemplate
    let record: ModelFileRecord
  }

  /// The file that comes with the program.
  public static let shipped = "sample-data/shape.safetensors"
  /// How the names of such files end.
  public static let ending = "shape.safetensors"

  /// A file; if there is none of this path, one that comes with the program.
  public init(_ path: String) { self.path = ProgramFiles.located(path) }

  /// A template that is in memory.
  init(holding template: ShapeTemplate, named path: String) {
    self.path = path
    let record = ModelFileRecord(
      path: path, byteCount: 0, sha256: "", kind: ShapeTemplate.kind)
    loaded.withLock { $0 = .success(Loaded(template: template, record: record)) }
  }

  /// The template; reads the file at the first call.
  func load() throws(Diagnostic) -> Loaded {
    let result = loaded.withLock { loaded in
      if let loaded { return loaded }
      let result = Result { () throws(Diagnostic) in try Self.read(path) }
      loaded = result
      return result
    }
    return try result.get()
  }

  private static func read(_ path: String) throws(Diagnostic) -> Loaded {
    let file: InputFile
    do { file = try InputFile(path) } catch {
      var error = error
      error.remedy = "make one of a CT of a whole head with `calvaria template`"
      throw error
    }
    let bytes = try file.bytes(at: 0, count: file.size)
    let sha256 = bytes.withUnsafeBytes { SHA256.hexDigest(of: $0) }
    let template = try ShapeTemplate(try TensorArchive(bytes: bytes, name: path), threads: 2)
    return Loaded(
      template: template,
      record: ModelFileRecord(
        path: path, byteCount: bytes.count, sha256: sha256, kind: ShapeTemplate.kind))
  }
}
