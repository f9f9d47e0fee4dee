import Glibc
import Volumes

/// A place for a tab, on a map of its own about a point of the rim.
struct TabSite {
  let frame: PartSphere
  /// The middle of the strap's end on the part, and that of its end with the screw hole.
  let root, screw: SIMD2<Double>
  /// From the sphere's middle to the outer surface there and at the hole, in mm.
  let rootHeight, screwHeight: Double

  /// In LPS.
  var rootPoint: SIMD3<Double> { frame.centre + rootHeight * frame.direction(root) }
  var screwPoint: SIMD3<Double> { frame.centre + screwHeight * frame.direction(screw) }

  /// How far a place is from the line from end to end, and where along it: 0 at the root, 1 at the hole.
  func distance(from place: SIMD2<Double>) -> (distance: Double, share: Double) {
    let line = screw - root
    let share = min(1, max(0, ((place - root) * line).sum() / (line * line).sum()))
    let away = place - (root + share * line)
    return ((away * away).sum().squareRoot(), share)
  }
}

/// Looks for places on the bone around a part where tabs can lie.
struct TabSites {
  let tabs: FixationTabs
  let map: PartMap
  /// Signed distances of bone and implant together, and of the bone.
  let complete, bone: Volume<Float>
  /// All bone, for the way beyond the grid.
  let far: FarBone?
  let gap: Float
  /// The way out that must be free; nil: it need not be.
  let way: SIMD3<Double>?

  /// Between the outer surface and where bone is looked for below it, in mm.
  private static let seatDepth = 1.0
  /// How much higher or lower the bone of a seat may be than in its middle, by the distance from there: 50°.
  private static let steepest = 1.2
  /// How far from flat or evenly sloping it may be, by a tab's width.
  private static let roughest = 0.15
  /// Of the frames of tabs, in mm; that of heads is near it.
  private static let radius = 70.0
  /// Bone this near to the end of the scan is not trusted, in mm.
  private static let border = 2.0
  /// Between tabs, in mm.
  private static let play = 2.0

  /// As many places as there are tabs, as far apart along the rim as can be, or fewer.
  func sites() -> [TabSite] {
    guard let line = RimLine.lines(of: map, inset: 0).first else { return [] }
    let found = line.points.indices.map { site(at: $0, of: line) }
    let open = found.indices.filter { found[$0] != nil }
    for count in stride(from: min(tabs.count, open.count), to: 0, by: -1) {
      if let chosen = spread(count, over: open, of: line, found) {
        return chosen.map { found[$0]! }
      }
    }
    return []
  }

  /// So many of the places with the most room from one to the next; nil where they would lie on each other.
  private func spread(
    _ count: Int, over open: [Int], of line: RimLine, _ sites: [TabSite?]
  ) -> [Int]? {
    let least = tabs.width + Self.play
    // So many steps of the line apart, from some place on around.
    func choice(apart steps: Int) -> [Int]? {
      for first in open.indices {
        var chosen = [open[first]]
        for next in 1..<max(1, open.count) {
          guard chosen.count < count else { break }
          let at = open[(first + next) % open.count]
          let isFar = chosen.allSatisfy { other in
            (sites[at]!.screwPoint - sites[other]!.screwPoint).length >= least
          }
          guard isFar, line.index(at - chosen.last!) >= steps, line.index(chosen[0] - at) >= steps
          else { continue }
          chosen.append(at)
        }
        if chosen.count == count { return chosen }
      }
      return nil
    }
    var (low, high) = (Int(least / line.step), line.points.count / count)
    guard low <= high || count == 1, var best = choice(apart: count == 1 ? 0 : low) else {
      return nil
    }
    while low < high {
      let middle = (low + high + 1) / 2
      if let found = choice(apart: middle) {
        (best, low) = (found, middle)
      } else {
        high = middle - 1
      }
    }
    return best
  }

  /// The tab at a point of the rim; nil where it cannot be.
  private func site(at n: Int, of line: RimLine) -> TabSite? {
    // Just inside the rim, where the surface is known.
    let inner = line.points[n] - FixationTabs.seat * line.outward(n)
    guard let pixel = map.pixel(at: inner), !map.outer[pixel].isNaN else { return nil }
    let point = map.point(at: pixel)
    let normal = normal(at: point)
    let frame = PartSphere(centre: point - Self.radius * normal, radius: Self.radius, axis: normal)
    let way = map.sphere.direction(2 * line.points[n] - inner) - map.sphere.direction(inner)
    let aside = SIMD2(way.dot(frame.right), way.dot(frame.up))
    let outward = aside / (aside * aside).sum().squareRoot()
    // From the rim, which lies so far from the middle of the frame.
    let rim = FixationTabs.seat
    let (root, screw) = (
      (rim - FixationTabs.root) * outward, (rim + FixationTabs.seat + tabs.width / 2) * outward
    )
    guard let rootPixel = self.pixel(at: root, in: frame), map.inset[rootPixel] > 0,
      let rootHeight = height(at: root, in: frame, below: frame.radius + tabs.width),
      let middle = height(at: screw, in: frame, below: frame.radius + tabs.width)
    else { return nil }
    let around = Double(gap) + tabs.thickness + 1
    for radius in [0, tabs.width / 4, tabs.width / 2, tabs.width / 2 + around] {
      // Opposite points one after the other.
      var heights: [Double] = []
      for turn in 0..<(radius == 0 ? 2 : 12) {
        let angle = (Double(turn / 2) / 6 + Double(turn % 2)) * .pi
        let place = screw + radius * SIMD2(cos(angle), sin(angle))
        if radius <= tabs.width / 2, let pixel = self.pixel(at: place, in: frame),
          map.inset[pixel] > 0
        {
          return nil
        }
        // Around the seat bone must lie as under it, but for the side of the part.
        if radius > tabs.width / 2, (place * outward).sum() < rim + FixationTabs.seat { continue }
        guard let height = height(at: place, in: frame, below: middle + tabs.width),
          abs(height - middle) <= max(0.1, Self.steepest * radius),
          isSeat(place, in: frame, height: height)
        else { return nil }
        heights.append(height)
      }
      for n in stride(from: 0, to: radius > tabs.width / 2 ? 0 : heights.count, by: 2) {
        let bump = (heights[n] + heights[n + 1]) / 2 - middle
        guard abs(bump) <= Self.roughest * tabs.width else { return nil }
      }
    }
    // The strap over the rim.
    for share in [0.25, 0.5, 0.75] {
      let place = (rim + share * FixationTabs.seat) * outward
      guard height(at: place, in: frame, below: middle + tabs.width) != nil else { return nil }
    }
    return TabSite(
      frame: frame, root: root, screw: screw, rootHeight: rootHeight, screwHeight: middle)
  }

  /// Out of the bone at a point in LPS, over some mm of it.
  func normal(at point: SIMD3<Double>) -> SIMD3<Double> {
    let geometry = complete.geometry
    let indexFromLPS = geometry.indexFromLPS ?? Affine(linear: .identity, translation: .zero)
    let span = tabs.width / 3
    return complete.withField { complete in
      var slope = SIMD3<Double>.zero
      for axis in 0..<3 {
        var step = SIMD3<Double>.zero
        step[axis] = span
        let (a, b) = (
          SIMD3<Float>(indexFromLPS * (point + step)), SIMD3<Float>(indexFromLPS * (point - step))
        )
        slope[axis] = Double(complete.value(a.x, a.y, a.z) - complete.value(b.x, b.y, b.z))
      }
      return slope.length > 0 ? slope / slope.length : map.sphere.axis
    }
  }

  /// The pixel of the part's map at a place of another; nil beyond it.
  private func pixel(at place: SIMD2<Double>, in frame: PartSphere) -> Int? {
    map.pixel(at: map.sphere.place(of: frame.centre + frame.radius * frame.direction(place)).place)
  }

  /// Whether bone lies below a place of the outer surface, and none is in the way of a tab on it.
  private func isSeat(_ place: SIMD2<Double>, in frame: PartSphere, height: Double) -> Bool {
    let geometry = complete.geometry
    guard let indexFromLPS = geometry.indexFromLPS else { return false }
    func index(_ height: Double) -> SIMD3<Float> {
      SIMD3<Float>(indexFromLPS * (frame.centre + height * frame.direction(place)))
    }
    let insertion = way.map { InsertionWay($0, on: geometry) }
    let margin = Float(Self.border / geometry.spacing.x)
    return bone.withField { bone in
      let (below, above) = (index(height - Self.seatDepth), index(height + tabs.thickness))
      guard bone.value(below.x, below.y, below.z) < 0 else { return false }
      for p in [below, above] {
        guard bone.contains(p.x - margin, p.y - margin, p.z - margin),
          bone.contains(p.x + margin, p.y + margin, p.z + margin)
        else { return false }
      }
      // The middle of the tab: the lower half may have to be lifted where the bone is rough.
      let p = index(height + Double(gap) + tabs.thickness / 2)
      guard let insertion else { return bone.value(p.x, p.y, p.z) >= gap }
      func isClear(past far: FarField?) -> Bool {
        insertion.clearance(of: p, from: bone, far, enough: gap + 1) >= gap
      }
      return far?.withField(on: geometry) { isClear(past: $0) } ?? isClear(past: nil)
    }
  }

  /// From the sphere's middle to the outer surface of the completed bone, no higher than some height and no
  /// more than twice a tab's width below it, in mm.
  func height(at place: SIMD2<Double>, in frame: PartSphere, below top: Double) -> Double? {
    let indexFromLPS =
      complete.geometry.indexFromLPS ?? Affine(linear: .identity, translation: .zero)
    let direction = frame.direction(place)
    let side = complete.geometry.spacing.x
    return complete.withField { complete in
      var (along, before) = (top, -Float.infinity)
      while along > top - 2 * tabs.width {
        let p = SIMD3<Float>(indexFromLPS * (frame.centre + along * direction))
        // Beyond the grid nothing is known; the seat itself must lie in it.
        let value = complete.contains(p.x, p.y, p.z) ? complete.value(p.x, p.y, p.z) : .infinity
        if value < 0 {
          // In it from the start: another bone is above.
          guard before >= 0 else { return nil }
          return along + (before.isFinite ? side / 2 * Double(value / (value - before)) : 0)
        }
        before = value
        along -= side / 2
      }
      return nil
    }
  }
}
