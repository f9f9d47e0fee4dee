import Foundation
import TestSupport
import VolumeIO
import Volumes

/// A vault of bone that is its own mirror image, with a hole on the patient's right.
enum Phantom {
  static let geometry = Geometry(
    sizes: GridSize(72, 88, 64), space: .leftPosteriorSuperior,
    directions: Matrix3(diagonal: SIMD3(2, -2, 2)), origin: SIMD3(-71, 87, 10))

  /// The vault; `hole` leaves a round hole of 14 mm radius in it.
  static func mask(hole: Bool = true) -> Mask {
    Mask(on: geometry) { bytes in
      let map = geometry.lpsFromIndex
      for k in 0..<geometry.sizes.z {
        for j in 0..<geometry.sizes.y {
          for i in 0..<geometry.sizes.x {
            let p = map * SIMD3(Double(i), Double(j), Double(k)) - SIMD3(0, 0, 40)
            let outer = SIMD3(p.x / 62, p.y / 78, p.z / 70).length
            let inner = SIMD3(p.x / 55, p.y / 71, p.z / 63).length
            let inHole = (p - SIMD3(-45, -35, 35)).length < 20
            // The face in front is not symmetric from front to back, so the plane is unique.
            let isBone = outer <= 1 && inner >= 1 && !(hole && inHole)
            bytes[geometry.sizes.offset(i, j, k)] = isBone ? 1 : 0
          }
        }
      }
    }
  }

  /// A CT of the vault: air, bone, and a table that is bright but no skull.
  static func scan() -> Volume<Int16> {
    let bone = mask()
    return Volume(on: geometry) { voxels in
      bone.withBytes { bytes in
        for i in 0..<voxels.count { voxels[i] = bytes[i] != 0 ? 1200 : -1000 }
      }
      for j in 60..<80 { voxels[geometry.sizes.offset(2, j, 1)] = 900 }
    }
  }

  /// Writes the CT into a folder and gives its path.
  static func write(_ name: String = "phantom.nrrd", in folder: TemporaryFolder) throws -> String {
    let path = "\(folder.path)/\(name)"
    try VolumeFile.write(AnyVolume(scan()), to: path)
    return path
  }
}
