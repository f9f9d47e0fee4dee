public import Meshes
public import MeshIO
public import Dataflow
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
    let path = folder.path(of: fileName)
    guard !mesh.isEmpty else {
      if unlink(path) == 0 { context.warn("\(fileName) of an earlier run was removed") }
      context.warn("the surface is empty, so \(fileName) is not written")
      return WrittenFile(nothingFor: fileName, in: context)
    }
    let part = MeshPart(mesh, named: context.caseName, colour: .implant)
    let notes = [
      MeshNote("Title", context.caseName), MeshNote("Application", "Calvaria"),
      MeshNote("Description", "Not for clinical use without review."),
    ]
    try MeshFile.write(MeshDocument(parts: [part], notes: notes), to: path, as: format)
    return try WrittenFile(
      name: fileName, path: path,
      measurement: .surface(
        triangles: mesh.triangles.count, volume: mesh.signedVolume, area: mesh.area),
      in: context)
  }
}
