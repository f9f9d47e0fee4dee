import Meshes
import Volumes

/// The fourth part of the preview: skull and implant as shaded surfaces, seen obliquely from the
/// front and from the implant's side.
struct SurfacePanel {
  let (width, height): (Int, Int)
  let axes: ViewAxes
  var background = PreviewColours.background

  /// Pixels along x and along y for every one that is shown.
  private static let oversampling = 2

  /// - Parameters:
  ///   - framed: what fills the picture; nil: skull and implant.
  ///   - guide: what shows how the implant was moved.
  ///   - title: what the panel is called; nil: no letters.
  func draw(
    bone: TriangleMesh, implant: TriangleMesh, framed: TriangleMesh? = nil,
    guide: TriangleMesh = TriangleMesh(),
    title: String? = "3-D"
  ) -> RGBImage {
    let n = Self.oversampling
    let camera = OrthographicCamera(
      axes: axes, showing: framed?.vertices ?? bone.vertices + implant.vertices, width: width * n,
      height: height * n)
    // From the viewer's upper left shoulder, so that relief shows.
    let light = -axes.away * 0.8 + axes.up * 0.45 - axes.right * 0.35
    let unitLight = SIMD3<Float>(light / light.length)
    var buffer = DepthBuffer(width: width * n, height: height * n)
    buffer.draw(bone, through: camera, light: unitLight, as: 1)
    buffer.draw(implant, through: camera, light: unitLight, as: 2)
    buffer.draw(guide, through: camera, light: unitLight, as: 3)

    var picture = RGBImage(width: width, height: height, filledWith: background)
    let occlusion = CreaseShading(
      buffer, radius: 6 * n, pixelsPerMillimetre: camera.pixelsPerMillimetre)
    for row in 0..<height {
      for column in 0..<width {
        var sum = SIMD3<Float>()
        for sample in 0..<n * n {
          let pixel = (row * n + sample / n) * width * n + column * n + sample % n
          sum += colour(buffer, pixel, crease: occlusion[pixel])
        }
        picture[column, row] = RGBImage.Colour(sum / Float(n * n))
      }
    }
    if let title {
      let lines = title + "\nFROM " + Self.names(of: -axes.away)
      PanelLettering(axes: axes, title: lines).draw(on: &picture)
    }
    return picture
  }

  private func colour(_ buffer: DepthBuffer, _ pixel: Int, crease: Float) -> SIMD3<Float> {
    let surface: RGBImage.Colour
    switch buffer.object[pixel] {
    case 0: return SIMD3(background)
    case 1: surface = PreviewColours.bone
    case 3: surface = PreviewColours.lettering
    default: surface = PreviewColours.implant
    }
    return SIMD3(surface) * ((0.22 + 0.78 * buffer.brightness[pixel]) * crease)
  }

  /// The sides of the patient that a direction points to, the strongest first: `RIGHT ANTERIOR`.
  private static func names(of direction: SIMD3<Double>) -> String {
    let names = [("RIGHT", "LEFT"), ("ANTERIOR", "POSTERIOR"), ("BELOW", "ABOVE")]
    return (0..<3).filter { abs(direction[$0]) > 0.3 }
      .sorted { abs(direction[$0]) > abs(direction[$1]) }
      .map { direction[$0] < 0 ? names[$0].0 : names[$0].1 }
      .joined(separator: " ")
  }
}

/// Darkens what lies behind its surroundings, so that holes, seams and orbits stand out.
///
/// *Source*: Luft, Colditz and Deussen, Image enhancement by unsharp masking the depth buffer,
/// SIGGRAPH 2006; here with a box mean and on the dark side only.
private struct CreaseShading {
  private let factors: [Float]

  subscript(pixel: Int) -> Float { factors[pixel] }

  /// - Parameter radius: of the surroundings, in pixels.
  init(_ buffer: DepthBuffer, radius: Int, pixelsPerMillimetre: Double) {
    let (w, h) = (buffer.width, buffer.height)
    // Mean depth over a square, background left out: running sums along rows, then columns.
    var sums = [SIMD2<Float>](repeating: .zero, count: w * h)
    for row in 0..<h {
      let line = row * w
      func item(_ x: Int) -> SIMD2<Float> {
        let depth = buffer.depth[line + x]
        return depth < .infinity ? SIMD2(depth, 1) : .zero
      }
      var window = SIMD2<Float>()
      for x in 0..<min(radius, w) { window += item(x) }
      for x in 0..<w {
        if x + radius < w { window += item(x + radius) }
        sums[line + x] = window
        if x >= radius { window -= item(x - radius) }
      }
    }
    var factors = [Float](repeating: 1, count: w * h)
    var window = [SIMD2<Float>](repeating: .zero, count: w)
    for row in 0..<min(radius, h) { for x in 0..<w { window[x] += sums[row * w + x] } }
    for row in 0..<h {
      for x in 0..<w {
        if row + radius < h { window[x] += sums[(row + radius) * w + x] }
        let depth = buffer.depth[row * w + x]
        if depth < .infinity, window[x].y > 0.5 {
          // 8 mm behind the surroundings is as dark as it gets.
          let behind = (depth - window[x].x / window[x].y) / 8
          factors[row * w + x] = 1 - 0.6 * min(max(behind, 0), 1)
        }
        if row >= radius { window[x] -= sums[(row - radius) * w + x] }
      }
    }
    self.factors = factors
  }
}
