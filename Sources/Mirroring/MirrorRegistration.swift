import Concurrency

internal import Completion
internal import Skulls
internal import Volumes
internal import VoxelOps

/// A smooth deformation that lays the mirror image of a skull onto the skull itself.
///
/// No head is symmetric to the millimetre; a mirrored piece that is not moved stands off the rim of
/// the hole by as much as the sides differ. The deformation is found where both sides have bone and
/// carried into the hole by its smoothness.
///
/// Every step looks at the cells near the surface where the two surfaces run the same way and lie
/// within a few mm of each other, asks each for the displacement along the surface's normal that
/// brings its mirrored distance to its own, and solves, at every control point, the least squares
/// of all of them with Gaussian weights (so that displacements along the normals of a curved bone
/// make up a whole vector, as one direction alone cannot).
///
/// *Source*: the normal equations are those of local optical flow (Lucas and Kanade, 1981) on
/// distance maps; selection and weights are our own.
struct MirrorRegistration {
  /// The Gaussian's standard deviation in mm. The less, the closer the fit; the more, the safer the
  /// way into a large hole.
  var stiffness = 16.0
  /// Steps; the displacement has converged to a few tenths of a mm after four.
  var steps = 5
  /// Surfaces further apart are not the same surface, in mm.
  var limit: Float = 6
  /// How near the surface a cell must lie to be asked, in mm.
  var band: Float = 4

  /// Control points lie four cells (8 mm) apart: half a standard deviation.
  private struct Control {
    let sizes: GridSize
    var displacements: [SIMD3<Float>]

    init(for cells: GridSize) {
      sizes = GridSize((cells.x + 3) / 4, (cells.y + 3) / 4, (cells.z + 3) / 4)
      displacements = Array(repeating: .zero, count: sizes.count)
    }

    /// The control index of a cell.
    static func index(_ x: Int, _ y: Int, _ z: Int) -> SIMD3<Float> {
      SIMD3<Float>(Float(x) - 1.5, Float(y) - 1.5, Float(z) - 1.5) * 0.25
    }
  }

  /// Finds the deformation: the mirror image at p + u(p) belongs to p.
  ///
  /// *Units*: LPS mm. The same at any `threads`.
  func displacements(in frame: SymmetricFrame, context: CompletionContext) throws
    -> DisplacementField
  {
    var control = Control(for: frame.sizes)
    let smoothing = GaussianSmoothing(sigma: stiffness / (4 * frame.cell))
    for step in 0..<steps {
      var equations = normalEquations(frame, control, threads: context.threads)
      equations.smooth(by: smoothing, threads: context.threads)
      for i in control.displacements.indices { control.displacements[i] += equations.solution(i) }
      try context.advance(to: 0.3 + 0.4 * Double(step + 1) / Double(steps))
    }
    let d = frame.geometry.directions
    var geometry = frame.geometry
    geometry.sizes = control.sizes
    geometry.directions = Matrix3(4 * d[0], 4 * d[1], 4 * d[2])
    geometry.origin += 1.5 * (d[0] + d[1] + d[2])
    let axes = frame.axes
    let world = control.displacements.map { SIMD3<Float>(axes * SIMD3<Double>($0)) }
    guard let field = DisplacementField(on: geometry, displacements: world) else {
      preconditionFailure("a frame's directions span space")
    }
    return field
  }

  /// What the cells around every control point ask for.
  private func normalEquations(
    _ frame: SymmetricFrame, _ control: Control, threads: Int
  ) -> NormalEquations {
    let (cells, points) = (frame.sizes, control.sizes)
    let perCell = Float(1 / frame.cell)
    var equations = NormalEquations(on: points)
    let (nx, nxy) = (cells.x, cells.x * cells.y)
    equations.withChannels { channels in
      frame.distances.withVoxels { distances in
        control.displacements.withUnsafeBufferPointer { displacements in
          let d = distances.baseAddress!
          let mirrored = MirroredDistances(distances: d, sizes: cells, perCell: perCell)
          Slabs.run(points.z, threads: threads) { slab in
            // The outermost cells have no slope.
            for z in max(1, 4 * slab.lowerBound)..<max(1, min(cells.z - 1, 4 * slab.upperBound)) {
              for y in 1..<max(1, cells.y - 1) {
                let row = nx * y + nxy * z
                // Every other cell, as on a chessboard: neighbours tell the same.
                for x in stride(from: 1 + (y + z) % 2, to: cells.x - 1, by: 2) {
                  guard abs(d[row + x]) < band else { continue }
                  let here = d + (row + x)
                  let u = DisplacementField.value(
                    in: displacements.baseAddress!, sizes: points, at: Control.index(x, y, z))
                  let m = mirrored(
                    SIMD3<Float>(Float(x), Float(y), Float(z)) + u * perCell)
                  let error = here[0] - m.value
                  guard abs(error) < limit else { continue }
                  let own =
                    SIMD3(here[1] - here[-1], here[nx] - here[-nx], here[nxy] - here[-nxy])
                    * (0.5 * perCell)
                  let length = (m.gradient * m.gradient).sum().squareRoot()
                  let ownLength = (own * own).sum().squareRoot()
                  // Rims of the hole face sideways, healthy surfaces as their mirror images do.
                  guard length > 0.5, (m.gradient * own).sum() > 0.7 * length * ownLength
                  else { continue }
                  let point = x / 4 + points.x * (y / 4 + points.y * (z / 4))
                  channels.add(normal: m.gradient / length, error: error, at: point)
                }
              }
            }
          }
        }
      }
    }
    return equations
  }
}
