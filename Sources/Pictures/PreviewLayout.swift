import Volumes
import VoxelOps

/// A box along the LPS axes, in mm.
struct LPSBox {
  var (lowest, highest): (SIMD3<Double>, SIMD3<Double>)

  var centre: SIMD3<Double> { (lowest + highest) / 2 }
  var extent: SIMD3<Double> { highest - lowest }

  /// The box around boxes of voxels, faces included; around the first whole grid where all are empty.
  init(of parts: [(mask: Mask, box: IndexBox?)]) {
    var points: [SIMD3<Double>] = []
    for (mask, box) in parts {
      if let box { points += Self.points(of: mask.geometry, box.lower, box.upper) }
    }
    if points.isEmpty, let mask = parts.first?.mask {
      let s = mask.sizes
      points = Self.points(of: mask.geometry, .zero, SIMD3(s.x, s.y, s.z))
    }
    lowest = points.dropFirst().reduce(points.first ?? .zero) { pointwiseMin($0, $1) }
    highest = points.dropFirst().reduce(points.first ?? .zero) { pointwiseMax($0, $1) }
  }

  /// The world points of the corners of a box of voxels, upper bounds excluded.
  private static func points(
    of geometry: Geometry, _ lower: SIMD3<Int>, _ upper: SIMD3<Int>
  ) -> [SIMD3<Double>] {
    (0..<8).map { c in
      let index = SIMD3(
        Double(c & 1 == 0 ? lower.x : upper.x), Double(c & 2 == 0 ? lower.y : upper.y),
        Double(c & 4 == 0 ? lower.z : upper.z))
      return geometry.lpsFromIndex * (index - 0.5)
    }
  }

  func grown(by margin: Double) -> LPSBox {
    var box = self
    box.lowest -= margin
    box.highest += margin
    return box
  }
}

/// Where the four panels lie on the page: axial and surfaces above, coronal and sagittal below.
struct PreviewLayout {
  /// A rectangle of the page in pixels.
  struct Frame: Equatable {
    var (column, row, width, height): (Int, Int, Int, Int)

    static func == (a: Frame, b: Frame) -> Bool {
      a.column == b.column && a.row == b.row && a.width == b.width && a.height == b.height
    }
  }

  let pixelsPerMillimetre: Double
  let height: Int
  let axial, surfaces, coronal, sagittal: Frame

  /// - Parameter extent: what the slices show, along L, P and S in mm.
  init(extent: SIMD3<Double>, width: Int, gap: Int, titleHeight: Int) {
    let panel = (width - 3 * gap) / 2
    // One scale for the three slices: the widest fills its panel, and no row is taller than wide.
    let longest = max(extent.x, extent.y, extent.z, 1e-3)
    pixelsPerMillimetre = Double(panel) / longest
    func rows(_ millimetres: Double) -> Int {
      min(panel, max(300, Int((millimetres * Double(panel) / longest).rounded(.up))))
    }
    let (upper, lower) = (rows(extent.y), rows(extent.z))
    let (left, right) = (gap, 2 * gap + panel)
    let (first, second) = (titleHeight, titleHeight + upper + gap)
    axial = Frame(column: left, row: first, width: panel, height: upper)
    surfaces = Frame(column: right, row: first, width: panel, height: upper)
    coronal = Frame(column: left, row: second, width: panel, height: lower)
    sagittal = Frame(column: right, row: second, width: panel, height: lower)
    height = second + lower + gap
  }
}

/// A bar of a round number of millimetres, at the lower right of a panel.
struct ScaleBar {
  let pixelsPerMillimetre: Double

  /// The longest of 1, 2, 5, 10, … mm that is at most a quarter of the panel's width; nil where the panel
  /// shows less than 5 mm.
  func millimetres(panelWidth: Int) -> Int? {
    let most = Double(panelWidth) / 4 / pixelsPerMillimetre
    return [500, 200, 100, 50, 20, 10, 5, 2, 1].first { Double($0) <= most }
  }

  func draw(on panel: inout RGBImage) {
    guard let length = millimetres(panelWidth: panel.width) else { return }
    let pixels = Int((Double(length) * pixelsPerMillimetre).rounded())
    let (right, bottom) = (panel.width - 14, panel.height - 14)
    let colour = RGBImage.Colour(255, 255, 255)
    panel.fill(columns: right - pixels..<right, rows: bottom - 4..<bottom, with: colour)
    for end in [right - pixels, right - 2] {
      panel.fill(columns: end..<end + 2, rows: bottom - 10..<bottom, with: colour)
    }
    let text = "\(length) mm"
    panel.write(
      text, column: right - BitmapFont.width(of: text, scale: 2), row: bottom - 30, scale: 2)
  }
}
