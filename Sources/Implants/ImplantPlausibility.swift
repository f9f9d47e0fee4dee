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
          + "cut off; pad the scan, or take one that reaches further")
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
