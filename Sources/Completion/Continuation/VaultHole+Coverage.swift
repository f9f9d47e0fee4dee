internal import Skulls
internal import Volumes

extension VaultHole {
  /// The part of the hole's rays that meet a mask near the vault, from 0 to 1.
  func share(coveredBy mask: Mask, in map: VaultMap) -> Double {
    guard let indexFromLPS = mask.geometry.indexFromLPS, !pixels.isEmpty else { return 0 }
    let indexFromHead = indexFromLPS * map.pose.lpsFromHead
    let sizes = mask.sizes
    let covered = pixels.filter { i in
      let direction = map.direction(i % map.width, i / map.width)
      let way = map.ellipsoid(direction)
      return stride(from: -16.0, through: 12, by: 1).contains { step in
        let index = indexFromHead * (map.middle + (way + step) * direction) + 0.5
        guard index.min() >= 0 else { return false }
        let (x, y, z) = (Int(index.x), Int(index.y), Int(index.z))
        return x < sizes.x && y < sizes.y && z < sizes.z && mask[x, y, z]
      }
    }
    return Double(covered.count) / Double(pixels.count)
  }
}
