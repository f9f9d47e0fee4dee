import Volumes
import VoxelOps

/// A head of an ellipsoid of bone with a hole, brain inside and skin around it, in HU on a grid of 2.5 mm.
struct TestHead {
  let geometry = Geometry(sizes: GridSize(76, 92, 80), spacing: SIMD3(2.5, 2.5, 2.5))
  /// HU of each voxel.
  let values: [Int16]
  /// Voxels of bone.
  let bone: [Bool]

  init() {
    var values: [Int16] = []
    var bone: [Bool] = []
    var state: UInt32 = 1
    let sizes = geometry.sizes
    for z in 0..<sizes.z {
      for y in 0..<sizes.y {
        for x in 0..<sizes.x {
          state = state &* 1_664_525 &+ 1_013_904_223
          let noise = Int16(state >> 24) / 16 - 8
          let (a, b, c) = (2.5 * Double(x) - 94, 2.5 * Double(y) - 114, 2.5 * Double(z) - 98)
          func isInside(_ grown: Double) -> Bool {
            let (u, v, w) = (a / (70 + grown), b / (88 + grown), c / (76 + grown))
            return u * u + v * v + w * w <= 1
          }
          let inHole = (a - 60) * (a - 60) + b * b + c * c < 900
          let isBone = isInside(0) && !isInside(-7) && !inHole
          bone.append(isBone)
          values.append(
            isBone
              ? 700 + noise * 50
              : isInside(-7) ? 32 + noise : isInside(5) ? 20 + noise : -1000 + noise)
        }
      }
    }
    (self.values, self.bone) = (values, bone)
  }

  /// A volume of what a function makes of each voxel's HU.
  func volume<Voxel: VoxelScalar>(_ value: (Int16) -> Voxel) -> AnyVolume {
    AnyVolume(
      Volume<Voxel>(on: geometry) { voxels in
        for i in values.indices { voxels[i] = value(values[i]) }
      })
  }

  /// A volume of what a function makes of each voxel's being bone.
  func mask<Voxel: VoxelScalar>(_ value: (Bool) -> Voxel) -> AnyVolume {
    AnyVolume(
      Volume<Voxel>(on: geometry) { voxels in for i in bone.indices { voxels[i] = value(bone[i]) } }
    )
  }

  /// The fraction of bone about each voxel: its edges are soft.
  func soft<Voxel: VoxelScalar>(_ value: (Double) -> Voxel) throws -> AnyVolume {
    let mask = Mask(on: geometry) { bytes in for i in bone.indices { bytes[i] = bone[i] ? 1 : 0 } }
    let smooth: Volume<Float> = try mask.smoothed(sigma: 1.5)
    return AnyVolume(
      Volume<Voxel>(on: geometry) { voxels in
        smooth.withVoxels { for i in 0..<voxels.count { voxels[i] = value(Double($0[i])) } }
      })
  }

  var boneCount: Int { bone.count { $0 } }
}
