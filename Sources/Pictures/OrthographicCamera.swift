import Volumes

/// A parallel projection of LPS space onto a picture.
struct OrthographicCamera {
  let axes: ViewAxes
  /// The point that falls on the middle of the picture.
  let centre: SIMD3<Double>
  let pixelsPerMillimetre: Double
  let (width, height): (Int, Int)

  /// A view from the front and from the side on which `target` lies, so that both the face and the
  /// target are seen; targets at the back or on top are looked at from there.
  ///
  /// - Parameter direction: from the middle of the skull to the target, LPS; zero means none.
  static func axes(towards direction: SIMD3<Double>) -> ViewAxes {
    // Grows quickly: a target 30 mm off the midline already turns the head by half a right angle.
    func soft(_ millimetres: Double) -> Double { millimetres / (abs(millimetres) + 12) }
    var side = SIMD3(soft(direction.x), soft(direction.y) - 0.35, 0)
    // Where both cancel, and without a target, from the front and the patient's right.
    if side.length < 0.2 || direction == .zero { side = SIMD3(-0.5, -0.8, 0) }
    side /= side.length
    let slope =
      direction.z / max((direction.x * direction.x + direction.y * direction.y).squareRoot(), 1)
    let elevation = min(max(0.25 + 0.4 * slope, 0.1), 1.0)
    let towardsViewer = (side + SIMD3(0, 0, elevation)) / (1 + elevation * elevation).squareRoot()
    let right = SIMD3(0, 0, 1).cross(towardsViewer)
    let unitRight = right / right.length
    return ViewAxes(right: unitRight, up: towardsViewer.cross(unitRight))
  }

  /// A camera that shows all of `points`, in LPS mm.
  ///
  /// - Parameter share: of the picture that they fill, along one of its sides.
  init(
    axes: ViewAxes, showing points: [SIMD3<Float>], width: Int, height: Int,
    filling share: Double = 0.92
  ) {
    self.axes = axes
    (self.width, self.height) = (width, height)
    let (right, up) = (SIMD3<Float>(axes.right), SIMD3<Float>(axes.up))
    var lowest = SIMD2<Float>(repeating: .infinity)
    var highest = -lowest
    for point in points {
      let seen = SIMD2((point * right).sum(), (point * up).sum())
      lowest = pointwiseMin(lowest, seen)
      highest = pointwiseMax(highest, seen)
    }
    if points.isEmpty { (lowest, highest) = (.zero, SIMD2(1, 1)) }
    let middle = SIMD2<Double>(lowest + highest) / 2
    let extent = SIMD2<Double>(highest - lowest)
    centre = axes.right * middle.x + axes.up * middle.y
    pixelsPerMillimetre =
      share * min(Double(width) / max(extent.x, 1e-3), Double(height) / max(extent.y, 1e-3))
  }

  /// Column and row of a point in pixels, and its distance from the viewer in mm.
  @inline(__always)
  func project(_ point: SIMD3<Double>) -> SIMD3<Float> {
    let offset = point - centre
    return SIMD3(
      Float(offset.dot(axes.right) * pixelsPerMillimetre + Double(width) / 2),
      Float(-offset.dot(axes.up) * pixelsPerMillimetre + Double(height) / 2),
      Float(offset.dot(axes.away)))
  }

  /// The point in LPS mm at the middle of a pixel, so many mm from the viewer.
  func point(column: Int, row: Int, depth: Float) -> SIMD3<Double> {
    let x = (Double(column) + 0.5 - Double(width) / 2) / pixelsPerMillimetre
    let y = (Double(row) + 0.5 - Double(height) / 2) / pixelsPerMillimetre
    return centre + x * axes.right - y * axes.up + Double(depth) * axes.away
  }
}
