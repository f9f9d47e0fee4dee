import Skulls
import Volumes

/// A place for a label: a map of its own about the middle of the text, upright with regard to the head.
struct LabelSite {
  let text: StrokeText
  let frame: PartSphere
  /// From the plane that suits the surface below it best, root mean square, in mm.
  let unevenness: Double
}

/// Looks for the flattest place on a part's outer surface that is wide enough for a text.
struct LabelSearch {
  let label: CaseLabel
  let map: PartMap
  /// The thinnest wall in mm.
  let wall: Double
  /// Whether nothing else is within so many mm of a point in LPS.
  let isFree: (SIMD3<Double>, Double) -> Bool

  /// From the text to the outline of the part, in mm.
  private static let margin = 2.0
  /// Between places that are tried, in mm.
  private static let stride = 2.0
  /// By how much letters are made smaller until they fit.
  private static let shrinking = 0.92
  /// Of the maps of labels, in mm; that of heads is near it.
  private static let radius = 70.0
  /// Between places of the surface that are looked at, in mm.
  private static let sampling = 1.5

  /// The text as large as it fits, in as few lines as that takes, words broken only where they fit in no other way;
  /// nil where it does not.
  func site() -> LabelSite? {
    guard !label.text.isEmpty else { return nil }
    var label = label
    label.text = label.text.uppercased()
    if label.style == .embossed { label.stroke = max(label.stroke, wall) }
    for breaksWords in [false, true] {
      var height = max(label.height, label.leastHeight)
      while true {
        let stroke = max(label.stroke, CaseLabel.weight * height)
        for count in 1...CaseLabel.lines {
          guard let lines = StrokeText.broken(label.text, into: count, breakingWords: breaksWords)
          else { continue }
          let text = StrokeText(lines, height: height, stroke: stroke, wall: wall)
          if let site = flattest(for: text) { return site }
        }
        guard height > label.leastHeight else { break }
        height = max(label.leastHeight, height * Self.shrinking)
      }
    }
    return nil
  }

  /// The flattest of all places where the text fits; nil where there is none.
  private func flattest(for text: StrokeText) -> LabelSite? {
    let pixels = max(1, Int(Self.stride / PartMap.pixel))
    let half = text.size / 2
    let near = Float(min(half.x, half.y) + Self.margin)
    let places = Self.places(in: text.size)
    var best: LabelSite?
    for row in Swift.stride(from: 0, to: map.rows, by: pixels) {
      for column in Swift.stride(from: 0, to: map.columns, by: pixels) {
        let i = column + map.columns * row
        guard map.inset[i] >= near else { continue }
        guard let frame = frame(at: i), let uneven = unevenness(at: places, in: frame),
          uneven < best?.unevenness ?? .infinity
        else { continue }
        best = LabelSite(text: text, frame: frame, unevenness: uneven)
      }
    }
    return best
  }

  /// A map about a pixel, up the head's way up; near the top of the head, the way to the face.
  private func frame(at pixel: Int) -> PartSphere? {
    guard let normal = map.normal(at: pixel) else { return nil }
    let towards = abs(normal.z) < 0.9 ? SIMD3<Double>(0, 0, 1) : SIMD3(0, -1, 0)
    return PartSphere(
      centre: map.point(at: pixel) - Self.radius * normal, radius: Self.radius, axis: normal,
      up: towards)
  }

  /// All over a rectangle about the middle, its border first, which fails soonest.
  private static func places(in size: SIMD2<Double>) -> [SIMD2<Double>] {
    let steps = (size / sampling).rounded(.up)
    let (columns, rows) = (Int(steps.x), Int(steps.y))
    var (border, inner): ([SIMD2<Double>], [SIMD2<Double>]) = ([], [])
    for row in 0...rows {
      for column in 0...columns {
        let share = SIMD2(Double(column), Double(row)) / steps - 0.5
        if row == 0 || row == rows || column == 0 || column == columns {
          border.append(share * size)
        } else {
          inner.append(share * size)
        }
      }
    }
    return border + inner
  }

  /// How uneven the surface is at some places; nil where one is not of the part, thick enough and free.
  private func unevenness(at places: [SIMD2<Double>], in frame: PartSphere) -> Double? {
    let least = Float(wall + (label.style == .engraved ? label.depth : 0))
    var points: [SIMD3<Double>] = []
    let slope = Float(frame.axis.dot(map.sphere.axis))
    for place in places {
      let near = frame.centre + frame.radius * frame.direction(place)
      let onMap = map.sphere.place(of: near).place
      guard let i = map.pixel(at: onMap), Double(map.inset[i]) >= Self.margin,
        map.thickness[i] * slope >= least, let outer = map.outer(at: onMap)
      else { return nil }
      let point = map.sphere.centre + outer * map.sphere.direction(onMap)
      guard isFree(point, label.stroke + 1) else { return nil }
      let p = point - frame.centre
      points.append(SIMD3(p.dot(frame.right), p.dot(frame.up), p.dot(frame.axis)))
    }
    var plane = LeastSquares(count: 3)
    for p in points { plane.add([p.x, p.y, 1], value: p.z, weight: 1) }
    guard let found = plane.solution() else { return nil }
    let squares = points.reduce(0) { sum, p in
      let rest = p.z - found[0] * p.x - found[1] * p.y - found[2]
      return sum + rest * rest
    }
    return (squares / Double(points.count)).squareRoot()
  }
}

extension LabelSite {
  /// Whether a point in LPS is further than so many mm from the text.
  func isFree(_ point: SIMD3<Double>, _ distance: Double) -> Bool {
    let place = frame.place(of: point).place
    return abs(place.x) > text.size.x / 2 + distance || abs(place.y) > text.size.y / 2 + distance
  }

  /// The part with the text.
  ///
  /// - Parameters:
  ///   - bone: signed distances of the bone; ridges keep the gap to it.
  func written(
    into part: Volume<Float>, of map: PartMap, as label: CaseLabel, bone: Volume<Float>, gap: Float
  ) -> Volume<Float> {
    var made = part
    let geometry = part.geometry
    let slope = frame.axis.dot(map.sphere.axis)
    guard let indexFromLPS = geometry.indexFromLPS else { return part }
    let middle = indexFromLPS * (frame.centre + frame.radius * frame.axis)
    let reach = ((text.size * text.size).sum().squareRoot() / 2 + 4) / geometry.spacing.x
    let (sizes, lpsFromIndex, depth) = (geometry.sizes, geometry.lpsFromIndex, label.depth)
    func range(_ axis: Int) -> Range<Int> {
      let count = Double(sizes[axis])
      let from = Int(max(0, min(count, middle[axis] - reach)))
      return from..<max(from, Int(max(0, min(count, middle[axis] + reach + 1))))
    }
    made.withMutableVoxels { out in
      bone.withField { bone in
        for z in range(2) {
          for y in range(1) {
            for x in range(0) {
              let p = lpsFromIndex * SIMD3(Double(x), Double(y), Double(z))
              let place = frame.place(of: p).place
              guard abs(place.x) < text.size.x / 2 + 1, abs(place.y) < text.size.y / 2 + 1,
                case let (onMap, height) = map.sphere.place(of: p),
                let surface = map.outer(at: onMap)
              else { continue }
              let above = (height - surface) * slope
              guard above > -depth - 2, above < depth + 2 else { continue }
              let stroke = text.distance(from: place)
              let i = sizes.offset(x, y, z)
              switch label.style {
              case .engraved:
                out[i] = max(out[i], -Float(max(stroke, -depth - above)))
              case .embossed:
                let ridge = Float(max(stroke, max(above - depth, -1 - above)))
                out[i] = min(out[i], max(ridge, gap - bone[i]))
              }
            }
          }
        }
      }
    }
    return made
  }
}
