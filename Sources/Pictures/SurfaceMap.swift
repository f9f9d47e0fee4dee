import Concurrency
import Meshes
import Volumes
import VoxelOps

/// A part seen from outside or inside, its surface coloured by a number at every pixel.
struct SurfaceMap {
  /// What is shown where.
  enum Value: Equatable {
    case background
    case number(Double)
    /// Without a number, as bone is too far to be looked for.
    case far
    /// Where the part lies in bone.
    case inBone
  }

  let (width, height): (Int, Int)
  let axes: ViewAxes
  private(set) var values: [Value]
  private var brightness: [Float]

  /// What `measure` says of every point of the surface that is seen: the point, the triangle, its unit normal.
  init(
    of mesh: TriangleMesh, axes: ViewAxes, width: Int, height: Int, threads: Int,
    measure: (SIMD3<Double>, Int, SIMD3<Double>) -> Value
  ) {
    (self.width, self.height, self.axes) = (width, height, axes)
    let camera = OrthographicCamera(
      axes: axes, showing: mesh.vertices, width: width, height: height, filling: 0.8)
    var buffer = DepthBuffer(width: width, height: height)
    let light = SIMD3<Float>(-axes.away)
    buffer.draw(mesh, through: camera, light: light, as: 1)
    let seen = buffer
    values = Slabs.map(height, threads: threads) { rows in
      rows.flatMap { row in
        (0..<width).map { column in
          let pixel = row * width + column
          guard seen.object[pixel] != 0 else { return .background }
          let triangle = Int(seen.triangle[pixel])
          let corners = mesh.corners(of: triangle)
          let normal = (corners.1 - corners.0).cross(corners.2 - corners.0)
          return measure(
            camera.point(column: column, row: row, depth: seen.depth[pixel]), triangle,
            normal / max(1e-12, normal.length))
        }
      }
    }.flatMap { $0 }
    brightness = seen.brightness
  }

  /// The numbers that are seen, the smallest first.
  var numbers: [Double] {
    values.compactMap { if case .number(let value) = $0 { value } else { nil } }.sorted()
  }

  /// The picture, with the letters of the patient's sides.
  ///
  /// - Parameter relief: how much darker a surface is that is seen edge on: so little that colours stay those of the legend.
  func picture(by scale: ColourScale, title: String, relief: Float = 0.2) -> RGBImage {
    var picture = RGBImage(width: width, height: height, filledWith: PreviewColours.background)
    for row in 0..<height {
      for column in 0..<width {
        let pixel = row * width + column
        let shade = 1 - relief * (1 - brightness[pixel])
        switch values[pixel] {
        case .background: break
        case .number(let value):
          picture[column, row] = RGBImage.Colour(SIMD3(scale[value]) * shade)
        case .far: picture[column, row] = Self.farColour(column, row)
        case .inBone: picture[column, row] = Self.boneColour(column, row)
        }
      }
    }
    PanelLettering(axes: axes, title: title).draw(on: &picture)
    return picture
  }

  /// Stripes: where there is no number.
  static func farColour(_ column: Int, _ row: Int) -> RGBImage.Colour {
    ((column + row) / 4).isMultiple(of: 3)
      ? RGBImage.Colour(104, 104, 108) : RGBImage.Colour(72, 72, 76)
  }

  /// Checks, which no colour of a scale is taken for.
  static func boneColour(_ column: Int, _ row: Int) -> RGBImage.Colour {
    (column / 4 + row / 4).isMultiple(of: 2)
      ? RGBImage.Colour(255, 255, 255) : RGBImage.Colour(0, 0, 0)
  }
}

extension TriangleMesh {
  fileprivate func corners(of triangle: Int) -> (SIMD3<Double>, SIMD3<Double>, SIMD3<Double>) {
    let t = triangles[triangle]
    return (
      SIMD3(vertices[Int(t.x)]), SIMD3(vertices[Int(t.y)]), SIMD3(vertices[Int(t.z)])
    )
  }
}
