import Files
public import Meshes
public import Dataflow
import Glibc

/// Writes a surface in LPS mm.
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

  /// A buffer.
  public func demand(for inputs: [Extent]) -> Demand {
    Demand(peakBytes: 1 << 20, output: Extent(bytes: 0))
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
    try AtomicFile.write(to: path) { sink in
      try format.encode(mesh) { try sink.write($0) }
    }
    return try WrittenFile(
      name: fileName, path: path,
      measurement: .surface(
        triangles: mesh.triangles.count, volume: mesh.signedVolume, area: mesh.area),
      in: context)
  }
}
