package import Skulls
package import Volumes

/// Where a hole lies, to be matched with the places that a user names.
package struct HoleShape: Sendable {
  /// In LPS mm, some 2 mm apart, over the hole.
  package let points: [SIMD3<Double>]
  package let defect: CompletionFindings.Defect
  /// Of a hole of the vault: the map on whose shell it lies.
  private let map: VaultMap?

  /// How far below or above the shell a place may lie that names a hole of the vault, in mm: on the skin, on the
  /// brain.
  private static let depth = 35.0

  /// A hole that is known by its points.
  package init(points: [SIMD3<Double>], defect: CompletionFindings.Defect) {
    (self.points, self.defect, map) = (points, defect, nil)
  }

  package init(_ hole: VaultHole, of map: VaultMap) {
    self.map = map
    defect = CompletionFindings.Defect(of: hole, isFilled: false)
    points = hole.pixels.map { i in
      let direction = map.direction(i % map.width, i / map.width)
      return map.pose.lpsFromHead * (map.middle + map.ellipsoid(direction) * direction)
    }
  }

  /// A place as it is compared with the points: of the vault, what lies on the same ray from its middle.
  func projected(_ p: SIMD3<Double>) -> SIMD3<Double> {
    guard let map else { return p }
    let q = map.pose.headFromLPS * p - map.middle
    let way = q.length
    guard way > 1 else { return p }
    let shell = map.ellipsoid(q / way)
    guard abs(way - shell) <= Self.depth else { return p }
    return map.pose.lpsFromHead * (map.middle + shell / way * q)
  }
}

extension CompletionFindings.Defect {
  init(of hole: VaultHole, isFilled: Bool) {
    self.init(
      kind: .cranial, areaMM2: hole.area, perimeterMM: hole.perimeter,
      diametersMM: [hole.diameters.0, hole.diameters.1],
      centroidLPS: (0..<3).map { hole.centroid[$0] }, crossesMidline: hole.crossesMidline,
      atBorder: hole.isAtBorder, isFilled: isFilled)
  }
}

extension CompletionFindings.Defect {
  /// A piece of bone that is missing, as its silhouette tells, seen from the middle of the head.
  ///
  /// - Parameters:
  ///   - places: of its cells in the head's frame, in mm; not empty.
  ///   - geometry: the grid of the cells.
  package init(at places: [SIMD3<Double>], on geometry: Geometry, pose: HeadPose, kind: Kind) {
    let centre = places.reduce(.zero, +) / Double(places.count)
    // In cells of 2 mm.
    let ray = centre / max(1e-9, centre.length)
    let u = Directions.perpendicular(to: ray)
    let v = ray.cross(u)
    let cell = max(2, geometry.spacing.max())
    var cells: Set<SIMD2<Int>> = []
    for p in places {
      let q = p - centre
      cells.insert(
        SIMD2(Int((q.dot(u) / cell).rounded()), Int((q.dot(v) / cell).rounded())))
    }
    var edges = 0
    for c in cells {
      for step in [SIMD2(1, 0), SIMD2(-1, 0), SIMD2(0, 1), SIMD2(0, -1)]
      where !cells.contains(c &+ step) { edges += 1 }
    }
    func extent(_ axis: SIMD3<Double>) -> Double {
      let values = places.map { ($0 - centre).dot(axis) }
      return (values.max() ?? 0) - (values.min() ?? 0) + cell
    }
    let lps = pose.lpsFromHead * centre
    let (left, right) = (places.contains { $0.x > 4 }, places.contains { $0.x < -4 })
    self.init(
      kind: kind, areaMM2: Double(cells.count) * cell * cell,
      perimeterMM: .pi / 4 * Double(edges) * cell,
      diametersMM: [extent(u), extent(v)].sorted(by: >), centroidLPS: (0..<3).map { lps[$0] },
      crossesMidline: left && right, atBorder: false, isFilled: true)
  }
}
