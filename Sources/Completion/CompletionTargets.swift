package import Errors
public import Volumes

/// The holes that a user names; all others stay open.
public struct CompletionTargets: Sendable {
  /// What names a hole.
  public struct Place: Sendable {
    /// For errors, such as `(10, 20, 30)` or the name of a file.
    let name: String
    /// In LPS mm.
    let points: [SIMD3<Double>]

    fileprivate init(name: String, points: [SIMD3<Double>]) {
      (self.name, self.points) = (name, points)
    }

    /// A point in LPS mm: it names the nearest hole, at most ``CompletionTargets/reach`` mm away.
    public init(point: SIMD3<Double>) {
      name = "(\(point.x), \(point.y), \(point.z)) mm LPS"
      points = [point]
    }

    /// What a mask marks: it names every hole that it covers a tenth of, or that holds a tenth of it; if there is
    /// none, the nearest.
    ///
    /// - Complexity: a pass over the mask; at most 20,000 points are kept.
    public init(marked mask: Mask, named name: String) {
      self.name = name
      let step = max(1, mask.voxelCount / 20_000)
      let (map, sizes) = (mask.geometry.lpsFromIndex, mask.sizes)
      var points: [SIMD3<Double>] = []
      var count = 0
      mask.withBytes { bytes in
        for i in bytes.indices where bytes[i] != 0 {
          if count % step == 0 {
            let (row, x) = i.quotientAndRemainder(dividingBy: sizes.x)
            points.append(
              map * SIMD3(Double(x), Double(row % sizes.y), Double(row / sizes.y)))
          }
          count += 1
        }
      }
      self.points = points
    }
  }

  /// The places, each of which must name a hole.
  public var places: [Place]

  /// How far from a hole a place may lie, in mm.
  public static let reach = 10.0
  /// Named holes of the vault are filled from this area on, in mm²: those that nobody names must be larger.
  static let smallestHole = 50.0
  /// The part of a hole or a mask that they have in common, at least.
  private static let share = 0.1
  /// The edge of the cells in which they are compared, in mm.
  private static let cell = 4.0

  public init(places: [Place]) { self.places = places }

  /// The same voxels' places where a grid lies otherwise.
  func moved(from old: Geometry, to new: Geometry) -> CompletionTargets {
    guard let index = old.indexFromLPS else { return self }
    let map = new.lpsFromIndex * index
    return CompletionTargets(
      places: places.map { place in
        Place(name: place.name, points: place.points.map { map * $0 })
      })
  }

  /// For each hole whether a place names it.
  package func isNamed(_ holes: [HoleShape]) -> [Bool] {
    var isNamed = holes.map { _ in false }
    for place in places {
      for n in Self.holes(at: place, among: holes) { isNamed[n] = true }
    }
    return isNamed
  }

  /// Makes sure that every place names a hole.
  ///
  /// - Throws: `Diagnostic` that lists the holes.
  package func requireHoles(_ holes: [HoleShape]) throws(Diagnostic) {
    for place in places where Self.holes(at: place, among: holes).isEmpty {
      throw Diagnostic(
        .noSuchHole, field: "hole",
        expected: "one of the holes that are found: "
          + (holes.isEmpty ? "none" : holes.map(\.defect.inWords).joined(separator: "; ")),
        found: "\(place.name), where none is",
        remedy: "name a place in one of them, at most \(Int(Self.reach)) mm beside it")
    }
  }

  private static func holes(at place: Place, among holes: [HoleShape]) -> [Int] {
    if place.points.count > 1 {
      let covered = holes.indices.filter { isCovered(holes[$0], by: place) }
      if !covered.isEmpty { return covered }
    }
    let ways = holes.map { distance(of: place, from: $0) }
    guard let nearest = ways.indices.min(by: { (ways[$0], $0) < (ways[$1], $1) }),
      ways[nearest] <= reach
    else { return [] }
    return [nearest]
  }

  private static func isCovered(_ hole: HoleShape, by place: Place) -> Bool {
    func cellOf(_ p: SIMD3<Double>) -> SIMD3<Int> {
      let q = (p / cell).rounded(.down).clamped(
        lowerBound: SIMD3(repeating: -1e9), upperBound: SIMD3(repeating: 1e9))
      return SIMD3(Int(q.x), Int(q.y), Int(q.z))
    }
    let cells = Set(hole.points.map(cellOf))
    let marked = place.points.map { cellOf(hole.projected($0)) }
    let inside = marked.filter(cells.contains)
    return !inside.isEmpty
      && (Double(inside.count) >= share * Double(marked.count)
        || Double(Set(inside).count) >= share * Double(cells.count))
  }

  /// The least distance in mm, of some of the place's points.
  private static func distance(of place: Place, from hole: HoleShape) -> Double {
    let step = max(1, place.points.count / 200)
    var least = Double.infinity
    for n in stride(from: 0, to: place.points.count, by: step) {
      let p = hole.projected(place.points[n])
      for q in hole.points {
        let (x, y, z) = (p.x - q.x, p.y - q.y, p.z - q.z)
        least = min(least, x * x + y * y + z * z)
      }
    }
    return least.squareRoot()
  }
}

extension CompletionFindings.Defect {
  /// Such as `cranial, 55.2 cm², at (154.8, 141.9, 70.1) mm LPS`.
  var inWords: String {
    func text(_ x: Double) -> String { "\((10 * x).rounded() / 10)" }
    return "\(kind.rawValue), \(text(areaMM2 / 100)) cm², at "
      + "(\(centroidLPS.map(text).joined(separator: ", "))) mm LPS"
  }
}
