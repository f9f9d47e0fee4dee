import Volumes

/// A row of small holes along the rim, to sew dura and muscle to the part. Lengths are in mm.
public struct SutureHoles: Hashable, Sendable {
  /// The diameter of a hole, in mm.
  public var diameter: Double
  /// From hole to hole along the row, at least.
  public var spacing: Double
  /// From the edge of a hole to the rim.
  public var margin: Double

  /// Holes of 2 mm every 15 mm.
  public init(diameter: Double = 2, spacing: Double = 15, margin: Double = 3) {
    (self.diameter, self.spacing, self.margin) = (diameter, spacing, margin)
  }
}

extension Perforating {
  /// The cosine of the angle at which a hole may go through the surface: 45°.
  private static let steepest = 0.7

  /// A row along the rim, spread evenly; where a hole cannot be, the nearest place on the line is taken, and none
  /// where that would be nearer to the next than to its own.
  ///
  /// - Parameters:
  ///   - map: of the part, seen along its way.
  ///   - bone: signed distances of the bone on the part's grid.
  ///   - clear: from the edge of a hole to bone, at least, in mm.
  ///   - isFree: whether nothing else is at a point in LPS.
  /// - Returns: points of the outer surface in LPS.
  func points(
    of holes: SutureHoles, in part: Volume<Float>, on map: PartMap, bone: Volume<Float>,
    clear: Double, where isFree: (SIMD3<Double>) -> Bool
  ) -> [SIMD3<Double>] {
    let radius = holes.diameter / 2
    // Another line may be near where the part is narrow.
    let apart = holes.spacing / 3 + holes.diameter
    var chosen: [SIMD3<Double>] = []
    for line in RimLine.lines(of: map, inset: holes.margin + radius) {
      let count = Int(line.length / holes.spacing)
      for n in 0..<count {
        let middle = Int(Double(n) / Double(count) * Double(line.points.count))
        let play = Int(holes.spacing / 3 / line.step)
        for step in (0...play).flatMap({ $0 == 0 ? [0] : [$0, -$0] }) {
          guard let pixel = map.pixel(at: line.points[line.index(middle + step)]),
            !map.outer[pixel].isNaN, let normal = map.normal(at: pixel)
          else { continue }
          let point = map.point(at: pixel)
          let place = sphere.place(of: point).place
          guard normal.dot(sphere.direction(place)) > Self.steepest, isFree(point),
            chosen.allSatisfy({ ($0 - point).length > apart }),
            isThrough(part, at: place, clearOf: bone, by: Float(clear + radius))
          else { continue }
          chosen.append(point)
          break
        }
      }
    }
    return chosen
  }
}
