import Concurrency
public import Meshes
import Volumes

/// A picture of what smoothing, and fewer triangles, did to a surface: before, after, and how far it moved, as colours.
public enum SmoothingSheet {
  private static let gap = 8
  private static let titleHeight = 48

  /// Draws the sheet, from the side from which most of the surface is seen; the map also from the opposite one.
  ///
  /// *Moved*: from each point of the surface after to the nearest of the surface before, in mm.
  /// - Parameters:
  ///   - before: the surface of the voxels with their steps; not empty.
  ///   - after: what became of it; not empty.
  ///   - width: of the picture in pixels, at least 100.
  /// - Complexity: O(triangles), and O(log n) for each pixel and vertex; trees over the triangles. The same picture at any
  ///   thread count.
  public static func render(
    before: TriangleMesh, after: TriangleMesh, width: Int = 1400, threads: Int = 1
  ) -> RGBImage {
    precondition(width >= 100, "a sheet too narrow for its panels")
    let panel = (width - 3 * gap) / 2
    let height = panel * 3 / 4
    var page = RGBImage(
      width: width, height: 2 * titleHeight + 2 * height + 2 * gap + ScaleLegend.height,
      filledWith: PreviewColours.page)
    let axes = widest(after)
    let tree = TriangleTree(before, threads: threads)
    let moved = distances(of: after, to: tree, threads: threads)
    let rms = (moved.reduce(0) { $0 + $1 * $1 } / Double(max(1, moved.count))).squareRoot()
    page.write(
      "MOVED BY \(ScaleLegend.text(rms)) mm RMS, \(ScaleLegend.text(moved.max() ?? 0)) mm AT MOST",
      column: 16,
      row: 14, scale: 3)
    let columns = [gap, 2 * gap + panel]
    for (column, (mesh, title)) in zip(columns, [(before, "BEFORE"), (after, "AFTER")]) {
      let picture = SurfacePanel(width: panel, height: height, axes: axes)
        .draw(bone: mesh, implant: TriangleMesh(), title: title)
      page.draw(picture, column: column, row: titleHeight)
    }
    let scale = ColourScale.upTo(max(0.01, moved.max() ?? 0))
    let row = titleHeight + height + gap
    let opposite = ViewAxes(right: -1 * axes.right, up: axes.up)
    for (column, (axes, side)) in zip(columns, [(axes, "SAME SIDE"), (opposite, "OTHER SIDE")]) {
      let map = map(
        of: after, from: tree, axes: axes, width: panel, height: height, threads: threads)
      page.draw(map.picture(by: scale, title: "MOVED\n\(side)"), column: column, row: row)
    }
    ScaleLegend(scale: scale, title: "MOVED")
      .draw(on: &page, column: gap, row: row + height, width: width - 2 * gap)
    page.write(
      "L: PATIENT'S LEFT  R: RIGHT.  NOT FOR CLINICAL USE WITHOUT REVIEW", column: 16,
      row: page.height - 32)
    return page
  }

  static func map(
    of mesh: TriangleMesh, from tree: TriangleTree, axes: ViewAxes, width: Int, height: Int,
    threads: Int
  ) -> SurfaceMap {
    tree.withWalk { walk in
      SurfaceMap(of: mesh, axes: axes, width: width, height: height, threads: threads) {
        point, _, _ in
        walk.distance(to: SIMD3<Float>(point), atMost: .infinity).map { .number(Double($0)) }
          ?? .far
      }
    }
  }

  /// In mm, of each vertex.
  private static func distances(
    of mesh: TriangleMesh, to tree: TriangleTree, threads: Int
  ) -> [Double] {
    tree.withWalk { walk in
      Slabs.map(mesh.vertices.count, threads: threads) { slab in
        slab.map { Double(walk.distance(to: mesh.vertices[$0], atMost: .infinity) ?? 0) }
      }.flatMap { $0 }
    }
  }

  /// The view along one of 13 directions from which most of a surface is seen.
  static func widest(_ mesh: TriangleMesh) -> ViewAxes {
    var directions: [SIMD3<Double>] = []
    for z in -1...1 {
      for y in -1...1 {
        for x in -1...1 where (z, y, x) > (0, 0, 0) {
          let direction = SIMD3(Double(x), Double(y), Double(z))
          directions.append(direction / direction.length)
        }
      }
    }
    var seen = [Double](repeating: 0, count: directions.count)
    mesh.forEachTriangle { a, b, c in
      let normal = (b - a).cross(c - a)
      for (n, direction) in directions.enumerated() { seen[n] += abs(normal.dot(direction)) }
    }
    let best = seen.indices.max { seen[$0] < seen[$1] }!
    return ViewAxes(towardsViewer: directions[best])
  }
}
