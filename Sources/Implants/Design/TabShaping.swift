import Volumes

extension TabSites {
  /// How far the edges of a tab are rounded, and how wide the fillet to the part is, in mm.
  private static let rounding: Float = 0.5
  private static let fillet: Float = 1

  /// How much higher a tab may be lifted where the bone is rough or in the way, in mm.
  private var lift: Float { Float(tabs.thickness / 2) }

  /// The part with tabs, everywhere outside of a barrier.
  ///
  /// Where bone in the way lifts the lower surface of a tab, the upper one is lifted with it.
  /// - Parameters:
  ///   - sink: how deep they go into the part, in mm.
  ///   - threads: for the barrier.
  /// - Returns: the part, and the barrier around it.
  func laid(
    onto part: Volume<Float>, at sites: [TabSite], sink: Double, threads: Int
  ) -> (part: Volume<Float>, barrier: Volume<Float>) {
    let side = Float(part.geometry.spacing.x)
    let room = laid(onto: part, at: sites, sink: sink, above: nil)
    let barrier = bone.barrier(
      around: room, margin: 3 * side, gap: gap, along: way, past: far,
      exactTo: Float(tabs.thickness) + 1,
      threads: threads)
    let made = laid(onto: part, at: sites, sink: sink, above: barrier)
    return (made.combined(with: barrier, threads: threads, max), barrier)
  }

  /// The part with tabs above a barrier; nil: with all the room that they may take.
  private func laid(
    onto part: Volume<Float>, at sites: [TabSite], sink: Double, above barrier: Volume<Float>?
  ) -> Volume<Float> {
    var made = part
    let thick = Float(tabs.thickness)
    // The corners of the bone's voxels, of which distances between cells know little, stick out so far.
    let seam = Float(part.geometry.spacing.x) / 4
    // How much of a tab lies on the part.
    let rim = FixationTabs.root / (FixationTabs.root + FixationTabs.seat + tabs.width / 2)
    func lay(above barrier: DistanceField?) {
      made.withMutableVoxels { out in
        complete.withField { complete in
          for site in sites {
            forEachCell(around: site) { i, p in
              let above = complete[i]
              guard above > -Float(sink) - 2, above < gap + thick + lift + 2 else { return }
              let (place, radius) = site.frame.place(of: p)
              let (away, share) = site.distance(from: place)
              let edge = Float(away - tabs.width / 2)
              guard edge < 2 else { return }
              let level = site.rootHeight + share * (site.screwHeight - site.rootHeight)
              guard let outer = height(at: place, in: site.frame, below: level + tabs.width) else {
                return
              }
              // Above where the tab's lower surface would be, and above bone in the way.
              let rest = above - gap - seam
              let free = barrier.map { -$0[i] - seam }
              let top = max(min(rest, free ?? rest - lift), rest - lift) - thick
              let bottom = Float(outer - sink - radius)
              // No higher at a wall of bone beside it.
              let most = Float(radius - outer) - gap - seam - thick - lift
              var tab = max(Self.rounded(edge, max(top, most), Self.rounding), bottom)
              if let free, share > rim { tab = max(tab, -free) }
              out[i] = Self.joined(out[i], tab, Self.fillet)
            }
          }
        }
      }
    }
    if let barrier { barrier.withField { lay(above: $0) } } else { lay(above: nil) }
    return made
  }

  /// The part with a screw hole in each tab, straight through it.
  func screwed(_ part: Volume<Float>, at sites: [TabSite]) -> Volume<Float> {
    var made = part
    let radius = tabs.screw / 2
    let cap = Double(gap + lift) + tabs.thickness + 2
    for site in sites {
      let foot = site.screwPoint
      let normal = normal(at: foot)
      made.withMutableVoxels { out in
        forEachCell(around: site) { i, p in
          let along = (p - foot).dot(normal)
          let away = (p - foot - along * normal).length
          let hole = max(away - radius, max(along - cap, -2 - along))
          out[i] = max(out[i], -Float(hole))
        }
      }
    }
    return made
  }

  /// The cells of a box around a tab, by their place in memory and in LPS.
  private func forEachCell(around site: TabSite, _ body: (Int, SIMD3<Double>) -> Void) {
    let geometry = complete.geometry
    guard let indexFromLPS = geometry.indexFromLPS else { return }
    let ends = [indexFromLPS * site.rootPoint, indexFromLPS * site.screwPoint]
    let reach = (tabs.width / 2 + tabs.thickness + 4) / geometry.spacing.x
    let low = pointwiseMin(ends[0], ends[1]) - reach
    let high = pointwiseMax(ends[0], ends[1]) + reach
    let sizes = geometry.sizes
    func range(_ axis: Int, _ count: Int) -> Range<Int> {
      let from = Int(max(0, min(Double(count), low[axis])))
      return from..<max(from, Int(max(0, min(Double(count), high[axis] + 1))))
    }
    for z in range(2, sizes.z) {
      for y in range(1, sizes.y) {
        for x in range(0, sizes.x) {
          body(
            sizes.offset(x, y, z),
            geometry.lpsFromIndex * SIMD3(Double(x), Double(y), Double(z)))
        }
      }
    }
  }

  /// The overlap of two shapes, the edge between them rounded.
  static func rounded(_ a: Float, _ b: Float, _ radius: Float) -> Float {
    let (u, v) = (max(0, a + radius), max(0, b + radius))
    return min(-radius, max(a, b)) + (u * u + v * v).squareRoot()
  }

  /// Two shapes together, a fillet between them.
  static func joined(_ a: Float, _ b: Float, _ width: Float) -> Float {
    let share = max(0, width - abs(a - b)) / width
    return min(a, b) - share * share * width / 4
  }
}
