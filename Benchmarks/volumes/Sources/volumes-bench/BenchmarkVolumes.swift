import Dispatch
import Volumes

/// The two volumes of the tables: a hollow skull's mask, 5.7 % of it bone, and a noisy CT of it.
///
/// Only additions, multiplications, divisions and square roots, and random numbers by counting, so
/// that every machine makes the same bytes.
enum BenchmarkVolumes {
  static let geometry = Geometry(
    sizes: GridSize(512, 512, 256), space: .leftPosteriorSuperior,
    directions: Matrix3(diagonal: SIMD3(0.45, 0.45, 0.7)), origin: SIMD3(-115, -115, -90))

  /// How far out of the skull a voxel lies: 0 in the middle of the bone, the radius of the head 1.
  private static func depth(_ x: Int, _ y: Int, _ z: Int) -> (depth: Float, thickness: Float) {
    let (u, v, w) = ((Float(x) - 256) / 190, (Float(y) - 256) / 225, (Float(z) - 110) / 125)
    let squares = u * u + v * v + w * w
    let radius = squares.squareRoot()
    // Lobes, and a vault that is thicker behind.
    let lobes = 1 + 0.045 * u * v * w + 0.03 * (u * u - v * v) * w + 0.02 * u * v
    return (radius / lobes - 0.95, 0.030 + 0.010 * v * w - 0.006 * u * u)
  }

  private static func isHole(_ x: Int, _ y: Int, _ z: Int) -> Bool {
    let (b, c) = (y - 60, z - 60)
    return [180, 330].contains { (x - $0) * (x - $0) + b * b + c * c < 35 * 35 }
  }

  private static func isBone(_ x: Int, _ y: Int, _ z: Int) -> Bool {
    let (depth, thickness) = depth(x, y, z)
    return depth.magnitude < thickness && !isHole(x, y, z)
  }

  static func mask() -> Volume<UInt8> {
    filled { isBone($0, $1, $2) ? 1 : 0 }
  }

  /// Air −1000, brain 40, skin 60, bone 1100; noise of about 12 HU in the head, 4 HU around it.
  static func ct() -> Volume<Int16> {
    filled { x, y, z in
      let depth = depth(x, y, z).depth
      let isHead = depth < 0.07
      let clean: Int32 =
        isBone(x, y, z) ? 1100 : depth < 0 ? 40 : isHead ? 60 : -1000
      var word = UInt64(x + 512 * (y + 512 * z)) &* 0x9e37_79b9_7f4a_7c15
      word = (word ^ word >> 30) &* 0xbf58_476d_1ce4_e5b9
      word = (word ^ word >> 27) &* 0x94d0_49bb_1331_11eb
      word ^= word >> 31
      // Four uniform 16-bit numbers sum up to a bell of standard deviation 37 837.
      let sum = (0..<4).reduce(Int32(0)) { $0 + Int32(word >> (16 * UInt64($1)) & 0xffff) }
      let noise = Float(sum - 131_070) / 37_837 * (isHead ? 12 : 4)
      return Int16(max(-1024, min(3071, clean + Int32(noise.rounded()))))
    }
  }

  private static func filled<Voxel: VoxelScalar>(
    _ value: @Sendable (Int, Int, Int) -> Voxel
  ) -> Volume<Voxel> {
    Volume<Voxel>(on: geometry) { voxels in
      nonisolated(unsafe) let voxels = voxels
      DispatchQueue.concurrentPerform(iterations: 256) { z in
        for y in 0..<512 {
          for x in 0..<512 { voxels[x + 512 * (y + 512 * z)] = value(x, y, z) }
        }
      }
    }
  }
}
