public import Volumes
import Meshes
import VoxelOps

/// A picture of an implant seen from outside, coloured by how far the next best way of completing lies from it.
public enum DisagreementMap {
  /// Draws the map with its legend below.
  ///
  /// - Parameters:
  ///   - distances: in mm at the voxels of the implant, on its grid.
  ///   - bone: what says where outside is.
  ///   - width: of the picture in pixels, at least 100.
  /// - Returns: nil for an empty implant.
  /// - Complexity: O(voxels of the implant's box + pixels).
  public static func render(
    _ implant: Mask, distances: Volume<Float>, in bone: Mask, width: Int, threads: Int = 1
  ) -> RGBImage? {
    precondition(width >= 100, "a map too narrow for its letters")
    let measure = implant.measurement(threads: threads)
    guard let centroid = measure.centroid, let box = measure.boundingBox,
      let indexFromLPS = implant.geometry.indexFromLPS
    else { return nil }
    let piece: Mask = implant.cropped(
      to: box.expanded(by: SIMD3(1, 1, 1)).clipped(to: IndexBox(implant.sizes)))
    let mesh = TriangleMesh(surfaceOf: piece, threads: threads)
      .smoothed(iterations: 10, threads: threads)
    let outwards = centroid - (bone.measurement(threads: threads).centroid ?? .zero)
    let way = outwards.length > 1e-6 ? outwards / outwards.length : SIMD3(0, 0, 1)
    let half = implant.geometry.spacing.min() / 2
    let sizes = implant.sizes
    let map = distances.withVoxels { voxels in
      SurfaceMap(
        of: mesh, axes: ViewAxes(towardsViewer: way), width: width, height: width * 3 / 4,
        threads: threads
      ) { point, _, normal in
        // A little inside, where the implant's voxels are.
        for depth in [1.0, 2, 3] {
          let index = indexFromLPS * (point - normal * (half * depth))
          let (x, y, z) = (
            Int(index.x.rounded()), Int(index.y.rounded()), Int(index.z.rounded())
          )
          guard 0..<sizes.x ~= x, 0..<sizes.y ~= y, 0..<sizes.z ~= z else { continue }
          let value = voxels[sizes.offset(x, y, z)]
          if value > 0 { return .number(Double(value)) }
        }
        return .number(0)
      }
    }
    let numbers = map.numbers
    let scale = ColourScale.upTo(numbers.isEmpty ? 1 : numbers[(numbers.count - 1) * 98 / 100])
    return map.picture(by: scale, title: "DISAGREEMENT\nFROM OUTSIDE")
      .above(ScaleLegend(scale: scale, title: "DISTANCE OF THE NEXT BEST WAY"))
  }
}
