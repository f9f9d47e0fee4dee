import Glibc
import Volumes

/// The volumes of the benchmarks: the same bytes on every machine.
///
/// A mask of 512 × 512 × 256 voxels of 1 mm, a hollow vault whose wall waves and
/// changes its thickness, 5.7 % of it bone; the same, moved and waved otherwise; a CT of 16 bits with
/// noise, bone where the mask is.
enum Skull {
  static let geometry = Geometry(sizes: GridSize(512, 512, 256))

  /// The mask; `other` moves and deforms it by a few voxels.
  static func mask(other: Bool = false) -> Mask {
    let sizes = geometry.sizes
    let shift = other ? 1.7 : 0
    let phase = other ? 0.6 : 0
    return Mask(on: geometry) { out in
      for z in 0..<sizes.z {
        let w = (Double(z) - 118 - shift) / 112
        for y in 0..<sizes.y {
          let v = (Double(y) - 255.5 + shift) / 222
          for x in 0..<sizes.x {
            let u = (Double(x) - 255.5 + shift) / 182
            let r = (u * u + v * v + w * w).squareRoot()
            guard r > 0.8, r < 1.2 else { continue }
            let wave = 0.03 * sin(7 * u + phase) * cos(9 * v) + 0.02 * sin(11 * w + 5 * u + phase)
            let thickness = 0.036 + 0.0131 * sin(6 * v + 3 * w) * cos(4 * u)
            if abs(r - 0.97 - wave) < thickness { out[(z * sizes.y + y) * sizes.x + x] = 1 }
          }
        }
      }
    }
  }

  /// The CT: noise of ±96 HU about air, about soft tissue inside, and about 900 HU in bone.
  static func scan(_ mask: Mask) -> Volume<Int16> {
    let sizes = geometry.sizes
    return Volume(on: geometry) { out in
      mask.withBytes { bone in
        for i in 0..<sizes.count {
          // SplitMix64 keyed by the place.
          var h = UInt64(i) &* 0x9e37_79b9_7f4a_7c15 &+ 0x5eed
          h = (h ^ (h >> 30)) &* 0xbf58_476d_1ce4_e5b9
          h = (h ^ (h >> 27)) &* 0x94d0_49bb_1331_11eb
          h ^= h >> 31
          let noise = Int(h & 63) + Int(h >> 8 & 63) + Int(h >> 16 & 63) - 96
          let x = Double(i % 512) - 255.5
          let y = Double(i / 512 % 512) - 255.5
          let z = Double(i / 262_144) - 118
          let inside = x * x / 33_124 + y * y / 49_284 + z * z / 12_544 < 1
          out[i] = Int16((bone[i] != 0 ? 900 : inside ? 40 : -1000) + noise)
        }
      }
    }
  }
}
