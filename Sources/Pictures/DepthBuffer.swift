import Meshes
import Volumes

/// The nearest surface at every pixel: its distance from the viewer, its brightness and which object
/// it belongs to.
///
/// *Memory order*: rows from the top. *Units*: mm for depth, 0 … 1 for brightness.
struct DepthBuffer {
  let (width, height): (Int, Int)
  private(set) var depth: [Float]
  private(set) var brightness: [Float]
  private(set) var object: [UInt8]
  /// The triangle of its mesh.
  private(set) var triangle: [Int32]

  init(width: Int, height: Int) {
    (self.width, self.height) = (width, height)
    depth = [Float](repeating: .infinity, count: width * height)
    brightness = [Float](repeating: 0, count: width * height)
    object = [UInt8](repeating: 0, count: width * height)
    triangle = [Int32](repeating: -1, count: width * height)
  }

  /// Draws a closed mesh; triangles that face away are skipped.
  ///
  /// - Parameters:
  ///   - light: a unit vector in LPS from the mesh towards the light.
  ///   - number: what ``object`` holds where the mesh is nearest; not 0.
  mutating func draw(
    _ mesh: TriangleMesh, through camera: OrthographicCamera, light: SIMD3<Float>, as number: UInt8
  ) {
    let shades = mesh.vertexNormals.map { max(0, ($0 * light).sum()) }
    let points = mesh.vertices.map { camera.project(SIMD3($0)) }
    let (width, height) = (width, height)
    depth.withUnsafeMutableBufferPointer { depth in
      brightness.withUnsafeMutableBufferPointer { brightness in
        object.withUnsafeMutableBufferPointer { object in
          triangle.withUnsafeMutableBufferPointer { triangle in
            for (index, t) in mesh.triangles.enumerated() {
              let corners = (Int(t.x), Int(t.y), Int(t.z))
              fillTriangle(
                points[corners.0], points[corners.1], points[corners.2],
                columns: 0..<width, rows: 0..<height
              ) { column, row, weights in
                let z =
                  weights.x * points[corners.0].z + weights.y * points[corners.1].z
                  + weights.z * points[corners.2].z
                let pixel = row * width + column
                guard z < depth[pixel] else { return }
                depth[pixel] = z
                brightness[pixel] =
                  weights.x * shades[corners.0] + weights.y * shades[corners.1]
                  + weights.z * shades[corners.2]
                object[pixel] = number
                triangle[pixel] = Int32(index)
              }
            }
          }
        }
      }
    }
  }
}

/// Calls `body` for every pixel whose centre lies in a triangle that faces the viewer, with the
/// weights of the three corners there.
@inline(__always)
private func fillTriangle(
  _ a: SIMD3<Float>, _ b: SIMD3<Float>, _ c: SIMD3<Float>, columns: Range<Int>, rows: Range<Int>,
  _ body: (Int, Int, SIMD3<Float>) -> Void
) {
  let top = max(Float(rows.lowerBound), min(a.y, b.y, c.y) - 0.5)
  let bottom = min(Float(rows.upperBound), max(a.y, b.y, c.y) + 0.5)
  let left = max(Float(columns.lowerBound), min(a.x, b.x, c.x) - 0.5)
  let right = min(Float(columns.upperBound), max(a.x, b.x, c.x) + 0.5)
  guard top < bottom, left < right else { return }
  // Rows grow downwards, so outward triangles run clockwise here: their area is negative.
  let area = (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)
  guard area < 0 else { return }
  for row in max(rows.lowerBound, Int(top))..<min(rows.upperBound, Int(bottom) + 1) {
    let y = Float(row) + 0.5
    for column in max(columns.lowerBound, Int(left))..<min(columns.upperBound, Int(right) + 1) {
      let x = Float(column) + 0.5
      let u = ((b.x - x) * (c.y - y) - (b.y - y) * (c.x - x)) / area
      let v = ((c.x - x) * (a.y - y) - (c.y - y) * (a.x - x)) / area
      let w = 1 - u - v
      if u >= 0, v >= 0, w >= 0 { body(column, row, SIMD3(u, v, w)) }
    }
  }
}
