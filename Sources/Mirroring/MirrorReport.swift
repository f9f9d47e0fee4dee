internal import Skulls
internal import Volumes
internal import VoxelOps

/// The scores and warnings of a mirror completion.
struct MirrorReport {
  private let plane: MidsagittalPlane
  private let symmetry: Double
  /// What is open on both sides of the vault, in cm².
  private let open: Double
  private var pieces = 0
  /// How near bone that was added comes to the plane, in mm.
  private var nearest = Double.infinity

  init(frame: SymmetricFrame) {
    plane = frame.plane
    symmetry = frame.symmetry(within: 2)
    open = VaultOpening(in: frame).area / 100
  }

  mutating func add(_ part: Mask, volume: Double) {
    pieces += 1
    let map = part.geometry.lpsFromIndex
    let sizes = part.sizes
    part.withBytes { bytes in
      for i in 0..<bytes.count where bytes[i] != 0 {
        let (row, x) = i.quotientAndRemainder(dividingBy: sizes.x)
        let p = map * SIMD3(Double(x), Double(row % sizes.y), Double(row / sizes.y))
        nearest = min(nearest, abs(plane.signedDistance(of: p)))
      }
    }
  }

  var scores: [String: Double] {
    [
      "symmetry": symmetry, "overlap": plane.overlap, "yaw": plane.yaw, "roll": plane.roll,
      "offset": plane.offset, "openOnBothSides": open, "pieces": Double(pieces),
    ]
  }

  var warnings: [String] {
    var warnings: [String] = []
    if symmetry < 0.8 {
      let percent = Int((100 * symmetry).rounded())
      warnings.append(
        "low symmetry: only \(percent) % of the bone has mirrored bone within 2 mm, most skulls reach"
          + " 90 %; check the orientation of the scan and whether both sides are in it")
    }
    if pieces == 0 {
      warnings.append(
        "no defect found: this skull has all the bone that its mirror image has; a defect that is"
          + " alike on both sides cannot be found by mirroring")
    }
    if open >= 3 {
      warnings.append(
        "the vault is open on both sides alike over about \(Int(open.rounded())) cm²: mirroring cannot"
          + " fill it there (a bilateral defect, one across the midline, or a scan that ends below the"
          + " vertex)")
    }
    if pieces > 1 {
      warnings.append(
        "bone is missing in \(pieces) places: all were filled from the other side; an implant of one"
          + " piece covers the largest only")
    }
    if nearest < 3 {
      warnings.append(
        "the defect reaches the mid-sagittal plane: beyond it the other side has no bone to mirror,"
          + " and the hole may be filled only in part")
    }
    return warnings
  }
}
