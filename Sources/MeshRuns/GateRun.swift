public import Accounts
import Files
public import Implants
import MeshIO
import Meshes
import Pictures
import Stages
public import VolumeIO
public import Volumes

/// `calvaria check`: a mesh file through the gate.
public struct GateRun: Sendable {
  /// The path of the mesh file.
  public var mesh: String
  /// The file of the skull that the part is put into: a mask, or a CT; nil: only the part is looked at.
  public var skull: String?
  /// The label of bone, where the skull's file holds several.
  public var label: Int?
  /// HU from which on a voxel of a CT is bone; nil: the usual.
  public var threshold: Double?
  /// The space of the mesh's coordinates, whatever its file says.
  public var assumedSpace: Space?
  /// What is asked of the part. Without ways, those that the file tells are taken, as a 3MF of a pipeline does.
  public var gate: Gate
  /// The picture that is drawn of it, a PNG; needs ``skull``. Nil: none.
  public var picture: String?
  /// Called as a step begins.
  public var began: JobSteps.Observer = { _, _ in }

  public init(mesh: String, skull: String? = nil, gate: Gate = Gate()) {
    (self.mesh, self.skull, self.gate) = (mesh, skull, gate)
  }

  /// The most bytes that checking and drawing take beside the mesh and the mask of the bone.
  func peakBytes(triangles: Int, voxels: Int) -> Int {
    // Trees, neighbours and rays of the triangles, and distances around the part; the picture comes after that.
    let check = 320 * triangles + 2 * voxels
    guard picture != nil else { return check }
    return max(check, PartSheet.peakBytes(triangles: triangles, voxels: voxels))
  }

  /// Reads the files, checks the part and draws it where that was asked for.
  ///
  /// - Throws: `Diagnostic` for a file that cannot be read, and for a picture that cannot be written.
  public func run(reading: ReadOptions, threads: Int) throws -> GateAccount {
    // Of a skull of 512 × 512 × 512 voxels.
    let steps = JobSteps(
      [
        "reading": skull == nil ? 0.1 : 0.5, "checking the part": 0.6,
        "drawing": picture == nil ? 0 : 1.2,
      ], observer: began)
    steps.begin("reading")
    var (document, warnings) = try MeshFile.read(mesh, assumedSpace: assumedSpace)
    var bone: Mask?
    if let skull {
      let read = try CaseBone.read(
        skull, label: label, threshold: threshold, takesEveryPiece: true, reading: reading,
        threads: threads)
      bone = read.bone
      warnings += read.warnings.map { "\(skull): \($0)" }
    }
    try VoxelMemory.require(
      peakBytes(triangles: document.triangleCount, voxels: bone?.sizes.count ?? 0), of: mesh)
    var gate = gate
    // What a user says holds for all parts; what the file tells, for one each.
    let toldWays = gate.ways.isEmpty ? document.insertionWays : []
    if gate.ways.isEmpty { gate.ways = toldWays }
    steps.begin("checking the part")
    let report = gate.report(on: document.mesh, against: bone, threads: threads)
    if let picture, let bone {
      steps.begin("drawing")
      let parts = document.solids.enumerated().map { number, solid in
        var way: SIMD3<Double>?
        // A way is looked for only for what is drawn.
        if number < PartSheet.most {
          way =
            toldWays.isEmpty
            ? gate.way(of: solid.mesh, outOf: bone, threads: threads) : toldWays[solid.part]
        }
        return PartSheet.Part(solid.mesh, way: way ?? SIMD3(0, 0, 1))
      }
      let sheet = PartSheet.render(parts, in: bone, threads: threads)
      try AtomicFile.write(try PNG.encode(sheet), to: picture)
    }
    return GateAccount(
      mesh: mesh, skull: skull, printer: gate.printer?.name, report: report, warnings: warnings)
  }
}

extension MeshDocument {
  /// The separate solids, the largest first, with the index of their part: the parts of the file, or the bodies of its only one,
  /// each with its cavities.
  var solids: [(mesh: TriangleMesh, part: Int)] {
    guard parts.count == 1 else {
      return parts.enumerated().filter { !$0.element.mesh.isEmpty }
        .map { (mesh: $0.element.mesh, part: $0.offset, volume: $0.element.mesh.signedVolume) }
        .sorted { $0.volume > $1.volume }.map { ($0.mesh, $0.part) }
    }
    let mesh = mesh.welded
    let shells = mesh.separated(by: mesh.shellOfTriangles)
    var solids = shells.map { ($0, $0.signedVolume) }.filter { $0.1 > 0 }
      .sorted { $0.1 > $1.1 }.map(\.0)
    // Of what is drawn.
    let boxes = solids.prefix(PartSheet.most).map(\.boundingBox)
    for cavity in shells where cavity.signedVolume <= 0 {
      guard let inner = cavity.boundingBox else { continue }
      let around = boxes.firstIndex { outer in
        guard let outer else { return false }
        return all(outer.lowest .<= inner.lowest) && all(outer.highest .>= inner.highest)
      }
      if let around { solids[around] = TriangleMesh(joining: [solids[around], cavity]) }
    }
    return solids.map { ($0, 0) }
  }
}
