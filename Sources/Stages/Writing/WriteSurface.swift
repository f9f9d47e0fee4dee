public import Meshes
public import MeshIO
public import Dataflow
import Implants
import Glibc

/// Writes a surface in LPS mm, reads it back and compares it.
///
/// An empty surface is not written. A file of that name from an earlier run is removed, because it would
/// show another implant.
public struct WriteSurface: Stage {
  public static let kind = "write-surface"
  public static let ports = ["of", "into"]
  /// Writing overlaps computing.
  public var lane: Lane { .files }
  public var holdsCaseName: Bool { format.holdsNotes }

  public var fileName: String
  private let format: MeshFormat

  /// A stage for a file of any ending.
  public init(fileName: String, format: MeshFormat = .stl) {
    (self.fileName, self.format) = (fileName, format)
  }

  /// An STL takes 50 bytes a triangle, a 3MF about 100 with its XML; what is read back as much as the
  /// surface, 24 bytes a triangle, whose arrays may double, and a table of its vertices.
  public func demand(for inputs: [Extent]) -> Demand {
    Demand(
      peakBytes: inputs[0].bytes * (format.name == MeshFormat.threeMF.name ? 7 : 5) + 1 << 20,
      output: Extent(bytes: 0))
  }

  /// Writes the surface; if it is empty, removes the file of an earlier run.
  public func run(_ input: Inputs<TriangleMesh, OutputFolder>, in context: StageContext) throws
    -> WrittenFile
  {
    let (mesh, folder) = input.values
    return try SurfaceWriting(fileName: fileName, format: format)
      .write([mesh], saying: [], into: folder, in: context)
  }
}

/// Writes a surface that the gate has checked, as ``WriteSurface`` does, each part for itself; formats that hold notes say
/// what the gate found, the ways out of the parts, and which model files the implant was made with.
public struct WriteCheckedSurface: Stage {
  public static let kind = "write-surface"
  public static let version = 3
  public static let ports = ["of", "into"]
  /// Writing overlaps computing.
  public var lane: Lane { .files }
  public var holdsCaseName: Bool { format.holdsNotes }

  public var fileName: String
  private let format: MeshFormat
  private let models: @Sendable () throws -> [String]

  /// A stage for a file of any ending.
  ///
  /// - Parameter models: SHA-256 of the model files that the surface depends on, asked for once they are read.
  public init(
    fileName: String, format: MeshFormat = .stl,
    models: @escaping @Sendable () throws -> [String] = { [] }
  ) {
    (self.fileName, self.format, self.models) = (fileName, format, models)
  }

  /// As for any surface, and the parts of it.
  public func demand(for inputs: [Extent]) -> Demand {
    var demand = WriteSurface(fileName: fileName, format: format).demand(for: inputs)
    demand.peakBytes += 2 * inputs[0].bytes
    return demand
  }

  /// Writes the surface; if it is empty, removes the file of an earlier run.
  public func run(_ input: Inputs<CheckedSurface, OutputFolder>, in context: StageContext) throws
    -> WrittenFile
  {
    let (part, folder) = input.values
    let failed = part.report.checks.filter { !$0.passes }
    let verdict =
      failed.isEmpty ? "passes" : "fails: " + failed.map(\.sentence).joined(separator: "; ")
    let models = try models().joined(separator: " ")
    let notes =
      [MeshNote("Gate", verdict)]
      + (part.ways.count == part.parts.count ? [.insertion(along: part.ways)] : [])
      + (models.isEmpty ? [] : [MeshNote("model-sha256", models)])
    return try SurfaceWriting(fileName: fileName, format: format)
      .write(part.parts, saying: notes, into: folder, in: context)
  }
}

/// What both do.
private struct SurfaceWriting {
  let fileName: String
  let format: MeshFormat

  func write(
    _ meshes: [TriangleMesh], saying extra: [MeshNote], into folder: OutputFolder,
    in context: StageContext
  ) throws -> WrittenFile {
    let path = folder.path(of: fileName)
    guard meshes.contains(where: { !$0.isEmpty }) else {
      if unlink(path) == 0 { context.warn("\(fileName) of an earlier run was removed") }
      context.warn("the surface is empty, so \(fileName) is not written")
      return WrittenFile(nothingFor: fileName, in: context)
    }
    let name = context.caseName
    let parts = meshes.enumerated().map { number, mesh in
      MeshPart(
        mesh, named: meshes.count > 1 ? "\(name) part \(number + 1)" : name, colour: .implant)
    }
    let notes =
      [
        MeshNote("Title", name), MeshNote("Application", "Calvaria"),
        MeshNote("Description", "Not for clinical use without review."), MeshNote("case", name),
      ] + extra
    let document = MeshDocument(parts: parts, notes: notes)
    try MeshFile.write(document, to: path, as: format)
    let mesh = document.mesh
    return try WrittenFile(
      name: fileName, path: path,
      measurement: .surface(
        triangles: mesh.triangles.count, volume: mesh.signedVolume, area: mesh.area),
      in: context)
  }
}
