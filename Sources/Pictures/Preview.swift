import Concurrency
import Meshes
public import Volumes
import VoxelOps

/// The picture that a case is judged by at a glance.
///
/// Three slices through the implant's centroid, or the bone's where there is no implant, at one scale
/// and in true proportions, and skull and implant as shaded surfaces. The patient's right is on
/// the viewer's left; superior is up, in the axial slice anterior; in the sagittal one anterior is on
/// the left. Everything is sampled in LPS space, so the grid's axes, handedness and spacing do
/// not show.
public enum Preview {
  private static let gap = 8
  private static let titleHeight = 48
  private static let margin = 8.0

  /// Draws the preview.
  ///
  /// - Parameters:
  ///   - scan: grey values in HU, drawn in the bone window under the masks, or nil.
  ///   - bone: drawn light.
  ///   - implant: drawn yellow; may be empty.
  ///   - width: of the picture in pixels, at least 100; the height follows from the patient and is
  ///     at most 60 more.
  /// - Complexity: O(voxels + pixels + triangles), about 80 MB; masks over 16 million voxels are
  ///   coarsened for the surfaces. The same picture at any thread count.
  public static func render(
    scan: AnyVolume?, bone: Mask, implant: Mask, width: Int = 1400, threads: Int = 1
  ) -> RGBImage {
    precondition(width >= 100, "a preview too narrow for its panels")
    let boneMeasure = bone.measurement(threads: threads)
    let implantMeasure = implant.measurement(threads: threads)
    let box = LPSBox(of: [(bone, boneMeasure.boundingBox), (implant, implantMeasure.boundingBox)])
      .grown(by: margin)
    let centre = implantMeasure.centroid ?? boneMeasure.centroid ?? box.centre
    let layout = PreviewLayout(extent: box.extent, width: width, gap: gap, titleHeight: titleHeight)

    func slice(_ title: String, _ axes: ViewAxes, _ frame: PreviewLayout.Frame) -> Panel {
      // In the plane the panel shows the middle of the box; across it, the slice at the centroid.
      let normal = axes.away
      let middle = box.centre + normal * (centre - box.centre).dot(normal)
      let plane = SlicePlane(
        axes: axes, centre: middle, width: frame.width, height: frame.height,
        pixelsPerMillimetre: layout.pixelsPerMillimetre)
      var panel = SlicePanel(plane: plane, title: title)
        .draw(scan: scan, bone: bone, implant: implant)
      ScaleBar(pixelsPerMillimetre: layout.pixelsPerMillimetre).draw(on: &panel)
      return Panel(picture: panel, frame: frame, implant: nil)
    }
    func view() -> Panel {
      let surfaces = surfaces(of: bone, implant, threads: threads)
      let skullCentre = boneMeasure.centroid ?? box.centre
      let panel = SurfacePanel(
        width: layout.surfaces.width, height: layout.surfaces.height,
        axes: OrthographicCamera.axes(
          towards: implantMeasure.centroid.map { $0 - skullCentre } ?? .zero))
      return Panel(
        picture: panel.draw(bone: surfaces.bone, implant: surfaces.implant),
        frame: layout.surfaces, implant: surfaces.implant)
    }
    // The surfaces take about as long as the three slices.
    let panels = Slabs.map(2, threads: threads) { slab in
      slab.flatMap { part -> [Panel] in
        part == 0
          ? [view()]
          : [
            slice("AXIAL", .axial, layout.axial), slice("CORONAL", .coronal, layout.coronal),
            slice("SAGITTAL", .sagittal, layout.sagittal),
          ]
      }
    }.flatMap { $0 }
    var page = RGBImage(width: width, height: layout.height, filledWith: PreviewColours.page)
    for panel in panels {
      page.draw(panel.picture, column: panel.frame.column, row: panel.frame.row)
      if let surface = panel.implant {
        page.write(title(implantMeasure, surface: surface), column: 16, row: 14, scale: 3)
      }
    }
    return page
  }

  /// One of the four pictures on the page.
  private struct Panel {
    let picture: RGBImage
    let frame: PreviewLayout.Frame
    /// The implant's surface, in the one that shows it.
    let implant: TriangleMesh?
  }

  private static func surfaces(
    of bone: Mask, _ implant: Mask, threads: Int
  ) -> (bone: TriangleMesh, implant: TriangleMesh) {
    let finest = 16_000_000
    // Enough that the slices of a CT do not show as terraces.
    let smoothing = 10
    return (
      TriangleMesh(surfaceOf: bone.coarser(toAtMost: finest, threads: threads), threads: threads)
        .smoothed(iterations: smoothing, threads: threads),
      TriangleMesh(surfaceOf: implant.coarser(toAtMost: finest, threads: threads), threads: threads)
        .smoothed(iterations: smoothing, threads: threads)
    )
  }

  /// `IMPLANT 8.4 cm³ 30 × 27 × 46 mm`: volume of the voxels, extent along L, P, S.
  private static func title(_ measure: MaskMeasurement, surface: TriangleMesh) -> String {
    guard measure.voxels > 0 else { return "NO IMPLANT" }
    let millilitres = (measure.volume / 100).rounded() / 10
    var title = "IMPLANT  \(millilitres) cm³"
    if let box = surface.boundingBox {
      let extent = box.highest - box.lowest
      let sides = (0..<3).map { "\(Int(extent[$0].rounded()))" }
      title += "  \(sides.joined(separator: " × ")) mm"
    }
    return title
  }
}
