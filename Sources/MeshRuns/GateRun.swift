import Accounts
public import Implants
import MeshIO
import Meshes
import Stages
public import VolumeIO
public import Volumes

/// `calvaria check`: a mesh file through the gate.
public struct GateRun: Sendable {
  /// The file of the mesh.
  public var mesh: String
  /// The file of the skull that the part is put into: a mask, or a CT; nil: only the part is looked at.
  public var skull: String?
  /// The label of bone, where the skull's file holds several.
  public var label: Int?
  /// HU from which on a voxel of a CT is bone; nil: the usual.
  public var threshold: Double?
  /// The space of the mesh's coordinates, whatever its file says.
  public var assumedSpace: Space?
  /// What is asked of the part.
  public var gate: Gate

  public init(mesh: String, skull: String? = nil, gate: Gate = Gate()) {
    (self.mesh, self.skull, self.gate) = (mesh, skull, gate)
  }

  /// Reads the files and checks the part.
  ///
  /// - Throws: `Diagnostic` for a file that cannot be read.
  public func run(reading: ReadOptions, threads: Int) throws -> GateAccount {
    var (document, warnings) = try MeshFile.read(mesh, assumedSpace: assumedSpace)
    var bone: Mask?
    if let skull {
      let read = try CaseBone.read(
        skull, label: label, threshold: threshold, takesEveryPiece: true, reading: reading,
        threads: threads)
      bone = read.bone
      warnings += read.warnings.map { "\(skull): \($0)" }
    }
    // Trees, neighbours and rays of the triangles, and distances around the part.
    try VoxelMemory.require(
      document.mesh.triangles.count * 320 + (bone?.byteCount ?? 0) * 2, of: mesh)
    let report = gate.report(on: document.mesh, against: bone, threads: threads)
    return GateAccount(
      mesh: mesh, skull: skull, printer: gate.printer?.name, report: report, warnings: warnings)
  }
}
