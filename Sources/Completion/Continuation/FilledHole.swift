internal import Skulls
internal import Volumes

/// What was taken for a hole, and what the best other way would have been.
struct FilledHole: Sendable {
  let hole: VaultHole
  /// Nil where the added voxels themselves are all that is known of it.
  let tables: ContinuedTables?
  let other: ContinuedTables?
}

extension [FilledHole] {
  /// How far the best other way lies from what was taken, in mm, at every voxel that was added: on its ray from the
  /// middle of the vault, the distance of the outer tables or that of the inner ones, whichever is larger. 0 at all
  /// other voxels, and where there was no other way.
  ///
  /// *Shape*: the grid of both masks.
  /// - Complexity: two passes over the voxels; 4 bytes a voxel.
  func disagreement(of completed: Mask, with defective: Mask, in map: VaultMap) -> Volume<Float> {
    let extents = extents(of: completed, with: defective, in: map)
    let values = zip(self, extents).map { filled, extent in
      filled.disagreement(extent: extent, width: map.width)
    }
    let nearest = nearest(width: map.width)
    var result = Volume<Float>(zerosOn: completed.geometry)
    result.withMutableVoxels { out in
      forEachAdded(completed, defective, map) { voxel, pixel, _ in
        let n = nearest[pixel]
        if n >= 0 { out[voxel] = values[n][pixel] }
      }
    }
    return result
  }

  /// For each pixel the hole that it belongs to; −1 far from all.
  private func nearest(width: Int) -> [Int] {
    var nearest = Swift.Array<Int>(repeating: -1, count: width * width)
    var least = Swift.Array<Float>(repeating: Float(ContinuedTables.overlap), count: width * width)
    for (n, filled) in enumerated() {
      guard let distance = (filled.tables ?? filled.other)?.distance else { continue }
      for i in distance.indices where distance[i] <= least[i] {
        (nearest[i], least[i]) = (n, distance[i])
      }
    }
    return nearest
  }

  /// For holes without tables: the largest and the least distance from the middle, in mm, of what was added on
  /// each pixel's ray.
  private func extents(of completed: Mask, with defective: Mask, in map: VaultMap)
    -> [(outer: [Float], inner: [Float])?]
  {
    let nearest = nearest(width: map.width)
    guard contains(where: { $0.tables == nil }) else { return indices.map { _ in nil } }
    var outer = Swift.Array<Float>(repeating: .nan, count: map.width * map.width)
    var inner = outer
    forEachAdded(completed, defective, map) { _, pixel, way in
      let r = Float(way)
      outer[pixel] = outer[pixel].isNaN ? r : Swift.max(outer[pixel], r)
      inner[pixel] = inner[pixel].isNaN ? r : Swift.min(inner[pixel], r)
    }
    return indices.map { n in
      guard self[n].tables == nil else { return nil }
      func own(_ field: [Float]) -> [Float] {
        field.indices.map { nearest[$0] == n ? field[$0] : .nan }
      }
      return (own(outer), own(inner))
    }
  }

  private func forEachAdded(
    _ completed: Mask, _ defective: Mask, _ map: VaultMap,
    _ body: (_ voxel: Int, _ pixel: Int, _ way: Double) -> Void
  ) {
    let headFromIndex = map.pose.headFromLPS * completed.geometry.lpsFromIndex
    let sizes = completed.sizes
    completed.withBytes { all in
      defective.withBytes { bone in
        for i in all.indices where all[i] != 0 && bone[i] == 0 {
          let (row, x) = i.quotientAndRemainder(dividingBy: sizes.x)
          let p =
            headFromIndex * SIMD3(Double(x), Double(row % sizes.y), Double(row / sizes.y))
            - map.middle
          let way = p.length
          guard way > 1 else { continue }
          let (u, v) = map.place(p.x / way, p.y / way, p.z / way)
          let (column, line) = (Int(u + 0.5), Int(v + 0.5))
          guard column >= 0, line >= 0, column < map.width, line < map.width else { continue }
          body(i, column + map.width * line, way)
        }
      }
    }
  }
}

extension FilledHole {
  /// For each pixel, in mm.
  fileprivate func disagreement(extent: (outer: [Float], inner: [Float])?, width: Int) -> [Float] {
    guard let other, let outer = tables?.outer ?? extent?.outer,
      let inner = tables?.inner ?? extent?.inner
    else { return Array(repeating: 0, count: width * width) }
    return outer.indices.map { i in
      let value = max(abs(outer[i] - other.outer[i]), abs(inner[i] - other.inner[i]))
      return value.isNaN ? 0 : value
    }
  }
}
