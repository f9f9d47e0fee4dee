public import Meshes
public import Volumes

/// A picture of how a surface has changed: seen from four sides, coloured by numbers at its vertices.
public enum ChangeSheet {
  private static let gap = 8
  private static let titleHeight = 48

  /// From which sides it is seen.
  private static let views: [(name: String, towardsViewer: SIMD3<Double>)] = [
    ("RIGHT", SIMD3(-1, 0, 0)), ("LEFT", SIMD3(1, 0, 0)), ("FRONT", SIMD3(0, -1, 0)),
    ("ABOVE", SIMD3(0, 0, 1)),
  ]

  /// Draws the sheet; letters say to which sides of the patient the edges of a view lie.
  ///
  /// - Parameters:
  ///   - changes: a number in mm for each vertex; NaN where there is none.
  ///   - axes: the patient's left, back and top in LPS, of length 1, as the head is turned.
  ///   - range: what the colours reach to, in mm to either side.
  ///   - tolerance: up to so many mm nothing is said to have changed.
  ///   - width: of the picture in pixels, at least 100.
  /// - Complexity: O(triangles + pixels). The same picture at any thread count.
  public static func render(
    _ mesh: TriangleMesh, changes: [Float], axes: Matrix3, upTo range: Double, tolerance: Double,
    width: Int = 1400, threads: Int = 1
  ) -> RGBImage {
    precondition(width >= 100, "a sheet too narrow for its panels")
    let panel = (width - 3 * gap) / 2
    let scale = ColourScale(range: -range...range, table: ColourScale.diverging)
    var page = RGBImage(
      width: width, height: titleHeight + 2 * (panel + gap) + ScaleLegend.height + titleHeight,
      filledWith: PreviewColours.page)
    page.write("CHANGE OF BONE", column: 16, row: 14, scale: 3)
    for (number, view) in views.enumerated() {
      let map = SurfaceMap(
        of: mesh, axes: ViewAxes(towardsViewer: axes * view.towardsViewer), width: panel,
        height: panel, threads: threads
      ) { _, triangle, _ in
        let t = mesh.triangles[triangle]
        let mean = (changes[Int(t.x)] + changes[Int(t.y)] + changes[Int(t.z)]) / 3
        return mean.isNaN ? .far : .number(Double(mean))
      }
      page.draw(
        map.picture(by: scale, title: "FROM \(view.name)", relief: 0.45),
        column: gap + number % 2 * (panel + gap), row: titleHeight + number / 2 * (panel + gap))
    }
    let row = titleHeight + 2 * (panel + gap)
    ScaleLegend(
      scale: scale, title: "LOST BELOW 0, GAINED ABOVE",
      others: [(SurfaceMap.farColour, "NOT COMPARED")]
    ).draw(on: &page, column: gap, row: row, width: width - 2 * gap)
    page.write(
      "UP TO \(ScaleLegend.text(tolerance)) mm IS NOISE.  L: PATIENT'S LEFT  R: RIGHT.  "
        + "NOT FOR CLINICAL USE WITHOUT REVIEW", column: 16, row: page.height - 32)
    return page
  }
}
