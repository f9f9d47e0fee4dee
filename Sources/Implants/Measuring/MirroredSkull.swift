import Skulls
import VoxelOps
import Volumes

/// A skull, the plane that halves it, and how far its two sides differ.
struct MirroredSkull {
  /// The middle of the vault, or of the bone where no head is found; LPS mm.
  let middle: SIMD3<Double>
  /// From a place to the one on the other side, in LPS mm; nil where no head is found.
  let reflection: Affine?
  /// See ``ImplantMeasures/asymmetryMM``.
  let asymmetry: Double?

  init(of bone: Mask, threads: Int) {
    guard let pose = HeadPose.find(in: bone, threads: threads) else {
      middle = bone.measurement(threads: threads).centroid ?? .zero
      (reflection, asymmetry) = (nil, nil)
      return
    }
    middle = pose.centre
    // Upright, whichever way the head is turned in its scan: there the plane is looked for.
    let upright = bone.moved(by: pose.headFromLPS)
    let plane = MidsagittalPlane.find(in: upright, threads: threads)
    reflection = pose.lpsFromHead * plane.reflection * pose.headFromLPS
    asymmetry = VaultMap(of: bone, pose: pose, threads: threads)
      .flatMap { Self.asymmetry(of: $0, across: plane) }
  }

  /// The least share of the vault that both sides must have.
  private static let leastShare = 0.2

  private static func asymmetry(of map: VaultMap, across plane: MidsagittalPlane) -> Double? {
    let (width, outer) = (map.width, map.smoothOuter)
    let reflection = plane.reflection
    var (sum, weight, all) = (0.0, 0.0, 0.0)
    for i in outer.indices {
      let direction = map.direction(i % width, i / width)
      guard map.states[i] != .outside, map.isAboveLimit(direction) else { continue }
      let area = map.area(of: direction, way: map.ellipsoid(direction))
      all += area
      guard !outer[i].isNaN else { continue }
      let mirrored = reflection * (map.middle + Double(outer[i]) * direction) - map.middle
      let way = mirrored.length
      let (x, y) = map.place(mirrored.x / way, mirrored.y / way, mirrored.z / way)
      guard let other = outer.bilinear(x, y, width: width) else { continue }
      sum += area * abs(way - other)
      weight += area
    }
    return weight > leastShare * all ? sum / weight : nil
  }
}

extension VaultMap {
  /// The distances of the outer table from the middle, each the mean of those around it; NaN without bone above the limit.
  ///
  /// Rays meet voxels, so that a single one is known to half a voxel only.
  fileprivate var smoothOuter: [Float] {
    let own = states.indices.map { i in
      states[i] == .bone && isAboveLimit(direction(i % width, i / width)) ? outer[i] : .nan
    }
    return own.indices.map { i in
      guard !own[i].isNaN else { return .nan }
      var (sum, count): (Float, Float) = (0, 0)
      for dy in -1...1 {
        for dx in -1...1 {
          let j = i + dx + width * dy
          guard own.indices.contains(j), !own[j].isNaN, abs(own[j] - own[i]) < 4 else { continue }
          sum += own[j]
          count += 1
        }
      }
      return sum / count
    }
  }
}

extension [Float] {
  /// The value between four pixels; nil where one of them has none.
  fileprivate func bilinear(_ x: Double, _ y: Double, width: Int) -> Double? {
    guard x >= 0, y >= 0 else { return nil }
    let (column, row) = (Int(x), Int(y))
    guard column + 1 < width, (row + 1) * width + column + 1 < count else { return nil }
    let (s, t) = (x - Double(column), y - Double(row))
    let at = row * width + column
    func value(_ i: Int) -> Double { Double(self[i]) }
    let upper = (1 - s) * value(at) + s * value(at + 1)
    let lower = (1 - s) * value(at + width) + s * value(at + width + 1)
    let result = (1 - t) * upper + t * lower
    return result.isNaN ? nil : result
  }
}
