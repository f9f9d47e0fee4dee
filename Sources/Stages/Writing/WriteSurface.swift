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
      .write(mesh, saying: [], into: folder, in: context)
  }
}

/// Writes a surface that the gate has checked, as ``WriteSurface`` does; formats that hold notes say what it found.
public struct WriteCheckedSurface: Stage {
  public static let kind = "write-surface"
  public static let ports = ["of", "into"]
  /// Writing overlaps computing.
  public var lane: Lane { .files }

  public var fileName: String
  private let format: MeshFormat

  /// A stage for a file of any ending.
  public init(fileName: String, format: MeshFormat = .stl) {
    (self.fileName, self.format) = (fileName, format)
  }

  /// As for any surface.
  public func demand(for inputs: [Extent]) -> Demand {
    WriteSurface(fileName: fileName, format: format).demand(for: inputs)
  }

  /// Writes the surface; if it is empty, removes the file of an earlier run.
  public func run(_ input: Inputs<CheckedSurface, OutputFolder>, in context: StageContext) throws
    -> WrittenFile
  {
    let (part, folder) = input.values
    let failed = part.report.checks.filter { !$0.passes }
    let verdict =
      failed.isEmpty ? "passes" : "fails: " + failed.map(\.sentence).joined(separator: "; ")
    return try SurfaceWriting(fileName: fileName, format: format)
      .write(part.mesh, saying: [MeshNote("Gate", verdict)], into: folder, in: context)
  }
}

/// What both do.
private struct SurfaceWriting {
  let fileName: String
  let format: MeshFormat

  func write(
    _ mesh: TriangleMesh, saying extra: [MeshNote], into folder: OutputFolder,
    in context: StageContext
  ) throws -> WrittenFile {
    let path = folder.path(of: fileName)
    guard !mesh.isEmpty else {
      if unlink(path) == 0 { context.warn("\(fileName) of an earlier run was removed") }
      context.warn("the surface is empty, so \(fileName) is not written")
      return WrittenFile(nothingFor: fileName, in: context)
    }
    let part = MeshPart(mesh, named: context.caseName, colour: .implant)
    let notes =
      [
        MeshNote("Title", context.caseName), MeshNote("Application", "Calvaria"),
        MeshNote("Description", "Not for clinical use without review."),
      ] + extra
    try MeshFile.write(MeshDocument(parts: [part], notes: notes), to: path, as: format)
    return try WrittenFile(
      name: fileName, path: path,
      measurement: .surface(
        triangles: mesh.triangles.count, volume: mesh.signedVolume, area: mesh.area),
      in: context)
  }
}
