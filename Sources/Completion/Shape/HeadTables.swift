import Concurrency
internal import Skulls
internal import Volumes

/// The outer and the inner table of a complete head on the pixels of a vault's map.
struct HeadTables: Sendable {
  /// The distances of both from the middle of the map in mm; NaN where the head has no bone.
  let outer: [Float]
  let inner: [Float]

  /// The way between two looks, in mm.
  private static let step = 0.5

  init(outer: [Float], inner: [Float]) { (self.outer, self.inner) = (outer, inner) }

  /// Where the rays of a map meet the head.
  ///
  /// - Complexity: some 60 looks for each pixel. The same at any `threads`.
  init(of head: CompleteHead, on map: VaultMap, threads: Int) {
    let scale = map.pose.scale
    let tables = head.withDistance { distance in
      Slabs.map(map.width, threads: threads) { slab in
        slab.flatMap { y in
          (0..<map.width).map { x -> (Float, Float) in
            let i = x + map.width * y
            guard map.states[i] != .outside else { return (.nan, .nan) }
            let direction = map.direction(x, y)
            let shell = map.ellipsoid(direction)
            let start = map.pose.lpsFromHead * map.middle
            let along = map.pose.lpsFromHead.linear * direction
            func level(_ way: Double) -> Double {
              distance(start.x + way * along.x, start.y + way * along.y, start.z + way * along.z)
            }
            /// Where the level falls below 0, from one way towards another.
            func meet(_ first: Double, _ last: Double) -> Double? {
              let step = last > first ? Self.step : -Self.step
              var before = level(first)
              var way = first
              for _ in 0..<Int(abs(last - first) / Self.step) {
                let next = level(way + step)
                if next < 0 { return before > 0 ? way + step * before / (before - next) : way }
                (before, way) = (next, way + step)
              }
              return nil
            }
            guard let top = meet(shell + 16 * scale, shell - 20 * scale) else {
              return (.nan, .nan)
            }
            return (Float(top), Float(meet(top - 15 * scale, top) ?? top))
          }
        }
      }.flatMap { $0 }
    }
    outer = tables.map(\.0)
    inner = tables.map(\.1)
  }
}
