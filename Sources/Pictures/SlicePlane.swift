import Volumes

/// How the patient is looked at: which LPS directions point right and up on the picture.
struct ViewAxes: Sendable {
  /// Unit vector in LPS that points to the viewer's right.
  let right: SIMD3<Double>
  /// Unit vector in LPS that points up.
  let up: SIMD3<Double>

  /// From the viewer into the picture: right × up points out of it.
  var away: SIMD3<Double> { up.cross(right) }

  /// Seen from below, as in radiology: the patient's right on the viewer's left, anterior up.
  static let axial = ViewAxes(right: SIMD3(1, 0, 0), up: SIMD3(0, -1, 0))
  /// Seen from the front: the patient's right on the viewer's left, superior up.
  static let coronal = ViewAxes(right: SIMD3(1, 0, 0), up: SIMD3(0, 0, 1))
  /// Seen from the patient's left: anterior on the viewer's left, superior up.
  static let sagittal = ViewAxes(right: SIMD3(0, 1, 0), up: SIMD3(0, 0, 1))

  /// The letter of the patient's side that an LPS direction points to most.
  static func letter(of direction: SIMD3<Double>) -> String {
    let axis = (0..<3).max { abs(direction[$0]) < abs(direction[$1]) } ?? 0
    return [("R", "L"), ("A", "P"), ("I", "S")].map { direction[axis] < 0 ? $0.0 : $0.1 }[axis]
  }
}

/// A plane through the patient, cut into square pixels.
///
/// *Memory order*: pixels from the top left, rows downwards. *Units*: LPS mm.
struct SlicePlane: Sendable {
  let axes: ViewAxes
  /// Pixels a row, and rows.
  let (width, height): (Int, Int)
  /// The centre of the top left pixel.
  let corner: SIMD3<Double>
  /// The steps to the next pixel of a row and to the next row.
  let (step, down): (SIMD3<Double>, SIMD3<Double>)

  /// The plane through `centre`, which is the middle of the picture.
  init(axes: ViewAxes, centre: SIMD3<Double>, width: Int, height: Int, pixelsPerMillimetre: Double)
  {
    self.axes = axes
    (self.width, self.height) = (width, height)
    step = axes.right / pixelsPerMillimetre
    down = -axes.up / pixelsPerMillimetre
    // Centroids and pixels like to fall exactly between two voxels, where the order of the grid's axes
    // would decide; a ten-thousandth of a millimetre decides it in the patient's space.
    let centre = centre + SIMD3(1.1e-4, 1.3e-4, 1.7e-4)
    corner = centre - step * (Double(width - 1) / 2) - down * (Double(height - 1) / 2)
  }

  /// The plane in the indices of a grid: corner, step and step down; nil where the grid's
  /// directions do not span space.
  func onGrid(_ geometry: Geometry) -> (
    corner: SIMD3<Double>, step: SIMD3<Double>, down: SIMD3<Double>
  )? {
    geometry.indexFromLPS.map { ($0 * corner, $0.linear * step, $0.linear * down) }
  }
}
