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

  /// What is read back, with its file and the table of its vertices; a 3MF also as XML. An extent of a
  /// surface is a third smaller than its arrays.
  public func demand(for inputs: [Extent]) -> Demand {
    let arrays = inputs[0].bytes / 2 * 3
    return Demand(
      peakBytes: arrays * (format.name == MeshFormat.threeMF.name ? 4 : 3) + 1 << 20,
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
