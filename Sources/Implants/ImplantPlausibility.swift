public import Volumes
import VoxelOps

extension Mask {
  /// What is odd about this implant, a sentence each: it is cut off, larger than any hole, or in many pieces.
  ///
  /// - Complexity: a pass over the faces of the grid, and the components of the implant.
  public func implantObjections(threads: Int = 1) -> [String] {
    guard !isEmpty else { return [] }
    var objections: [String] = []
    if let cut = cutByBorder() {
      objections.append(
        "the implant ends at the border of the scan, over \(cut.voxels) voxels (\(cut.square) cm²): what lies beyond is "
          + "cut off; make room with `calvaria convert SCAN ROOMY.nrrd --pad 20`, or take a scan that reaches further"
      )
    }
    let volume = Double(voxelCount) * geometry.voxelVolume / 1000
    if volume > Self.largestImplant {
      objections.append(
        "the implant has \(Int(volume.rounded())) cm³, more than any hole of a skull takes: check the orientation, the "
          + "spacing and the threshold")
      return objections
    }
    // The pieces of noise that fills the grid would take more memory than the masks.
    guard 20 * voxelCount <= sizes.count else { return objections }
    let components = components(connectivity: .faces6, threads: threads)
    if components.count > Self.mostPieces {
      objections.append(
        "the implant is in \(components.count) pieces: noise, thin bone at the threshold, or a completion that lies beside "
          + "the bone; look at it before it is used")
    }
    return objections
  }

  /// What is odd about where an implant lies, a sentence each: a piece beside the bone, or out of the skull.
  ///
  /// - Parameters:
  ///   - bone: the bone that it is put into, on the same grid.
  ///   - clearance: the gap in mm that it was made with.
  /// - Complexity: the components of the implant, and a dilation of the bone in the boxes of the largest of them.
  public func placementObjections(beside bone: Mask, clearance: Double = 0, threads: Int = 1)
    -> [String]
  {
    guard let box = boundingBox(threads: threads), let skull = bone.boundingBox(threads: threads),
      20 * voxelCount <= sizes.count
    else { return [] }
    let spacing = geometry.spacing
    var objections: [String] = []
    var over = 0.0
    for axis in 0..<3 {
      let below = skull.lower[axis] - box.lower[axis]
      let above = box.upper[axis] - skull.upper[axis]
      over = max(over, Double(max(below, above)) * spacing[axis])
    }
    if over > Self.furthestOut {
      objections.append(
        "the implant sticks out of the skull by \(Int(over.rounded())) mm: check the orientation and the spacing, and look "
          + "at it before it is used")
    }
    let reach = Self.touching + clearance
    let components = components(connectivity: .faces6, threads: threads)
    var loose = 0.0
    for piece in components.largest(Self.mostPieces) {
      let mask = components.mask(of: [piece], threads: threads)
      guard let own = mask.boundingBox(threads: threads) else { continue }
      let steps = (0..<3).map { Int((reach / spacing[$0]).rounded(.up)) + 1 }
      let around = own.expanded(by: SIMD3(steps[0], steps[1], steps[2])).clipped(
        to: IndexBox(sizes))
      let cut = mask.cropped(to: around)
      guard
        let apart = try? cut.removing(
          within: reach, of: bone.cropped(to: around), threads: threads),
        apart.voxelCount == cut.voxelCount
      else { continue }
      loose += Double(cut.voxelCount) * geometry.voxelVolume / 1000
    }
    if loose > 0 {
      objections.append(
        "\(Self.tenths(loose)) cm³ of the implant touch no bone within \(Self.tenths(reach)) mm: they lie outside of the "
          + "vault; look at the preview before it is used")
    }
    return objections
  }

  /// mm from bone within which every piece of an implant comes, and by which none reaches out of the box of the bone.
  private static let touching = 5.0
  private static let furthestOut = 30.0

  private static func tenths(_ number: Double) -> String { "\((number * 10).rounded() / 10)" }

  /// cm³ of the largest implants, of both sides and the forehead.
  private static let largestImplant = 300.0
  private static let mostPieces = 6

  /// Voxels on the faces of the grid, and the area of the faces that they cover; nil where hardly any are.
  private func cutByBorder() -> (voxels: Int, square: Double)? {
    let (sizes, spacing) = (sizes, geometry.spacing)
    var voxels = 0
    var area = 0.0
    withBytes { bytes in
      for axis in 0..<3 {
        let (u, v) = ((axis + 1) % 3, (axis + 2) % 3)
        let steps = SIMD3(1, sizes.x, sizes.x * sizes.y)
        for end in Set([0, sizes[axis] - 1]) {
          var count = 0
          for j in 0..<sizes[v] {
            for i in 0..<sizes[u] where bytes[end * steps[axis] + i * steps[u] + j * steps[v]] != 0
            {
              count += 1
            }
          }
          voxels += count
          area += Double(count) * spacing[u] * spacing[v]
        }
      }
    }
    guard voxels >= 10, area >= 20 else { return nil }
    return (voxels, (area / 10).rounded() / 10)
  }
}
