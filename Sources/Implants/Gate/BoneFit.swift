import Concurrency
import Meshes
import VoxelOps
import Volumes

/// How a part lies to the bone of a mask.
///
/// The bone's surface is taken half-way between the centres of its voxels and of those beside it. A mask
/// says no more, so a gap is known to half a voxel.
struct BoneFit {
  /// The gap below points of the part's surface, in mm: below 0 where the point lies in bone. Points
  /// further than ``reach`` from bone are left out.
  var gaps = Distribution([])
  /// Bone that lies in the part: voxels whose centres do, in mm³.
  var overlap = 0.0
  /// Half of the largest step of the grid, in mm.
  var tolerance = 0.0
  /// Whether the part and the bone are far from each other.
  var isApart = true
  /// What happens on the way in; nil where it was not asked for, or the part has too many pieces.
  var slide: SlideTest?

  /// How far bone is looked for, in mm.
  static let reach: Float = 5

  /// How far around the part bone's surface is looked at, in mm; on the way further out, its voxels.
  private static let surroundings = 15.0
  /// The most pieces that are moved.
  private static let mostPieces = 20

  init(
    of mesh: TriangleMesh, _ samples: [SurfaceSample], shells: MeshParts, to bone: Mask,
    clearance: Double, ways: [SIMD3<Double>], threads: Int
  ) {
    let geometry = bone.geometry
    tolerance = geometry.spacing.max() / 2
    guard let near = Self.near(mesh, bone) else { return }
    isApart = false
    let part = Mask(filling: mesh, on: near.geometry, threads: threads)
    let shared = near.withBytes { bone in
      part.withBytes { part in bone.indices.count { bone[$0] != 0 && part[$0] != 0 } }
    }
    overlap = Double(shared) * geometry.voxelVolume
    let tree = TriangleTree(TriangleMesh(surfaceOf: near, threads: threads), threads: threads)
    gaps = Self.gaps(samples, to: tree, threads: threads)
    guard shells.shells.count <= Self.mostPieces else { return }
    slide = SlideTest(
      of: mesh, pieces: shells.shellOfTriangle, known: ways, through: near, in: tree,
      of: bone, limit: clearance - tolerance, threads: threads)
  }

  func checks(clearance: Double) -> [PartCheck] {
    let apart = "the part is more than \(Self.reach) mm from all bone"
    return [
      PartCheck("overlap", overlap, unit: "mm³", limit: .atMost(0)),
      PartCheck(
        "gapLeast", gaps.least, unit: "mm", limit: .atLeast(clearance - tolerance),
        remark: gaps.count == 0 ? apart : "a mask knows it to half a voxel, \(tolerance) mm"),
      PartCheck("gapP05", gaps.quantile(0.05), unit: "mm"),
      PartCheck("gapMedian", gaps.quantile(0.5), unit: "mm"),
      PartCheck("gapP95", gaps.quantile(0.95), unit: "mm"),
    ] + (slide?.checks(clearance: clearance, tolerance: tolerance) ?? [])
  }

  /// The bone around a mesh, on its part of the grid; nil where there is none.
  static func near(_ mesh: TriangleMesh, _ bone: Mask) -> Mask? {
    guard let box = box(of: mesh, on: bone.geometry) else { return nil }
    let near: Mask = bone.cropped(to: box)
    return near.isEmpty ? nil : near
  }

  /// The part of a grid in which bone is within reach of the mesh, closed by a border that is not.
  private static func box(of mesh: TriangleMesh, on geometry: Geometry) -> IndexBox? {
    let vertices = mesh.vertices.lazy.map { SIMD3<Double>($0) }
    guard let (low, high) = geometry.indexSpan(of: vertices) else { return nil }
    let (sizes, spacing) = (geometry.sizes, geometry.spacing)
    var (lower, upper) = (SIMD3<Int>(), SIMD3<Int>())
    for axis in 0..<3 {
      let margin = surroundings / spacing[axis] * (geometry.isOrthogonal ? 1 : 2) + 3
      lower[axis] = Int(max(0, min(Double(sizes[axis]), low[axis] - margin)))
      upper[axis] = Int(max(0, min(Double(sizes[axis]), (high[axis] + margin).rounded(.up) + 1)))
    }
    let box = IndexBox(lower: lower, upper: upper)
    return box.isEmpty ? nil : box
  }

  private static func gaps(
    _ samples: [SurfaceSample], to tree: TriangleTree, threads: Int
  ) -> Distribution {
    var gaps = [Double](repeating: .nan, count: samples.count)
    let perBlock = 512
    gaps.withUnsafeMutableBufferPointer { gaps in
      let gaps = gaps.baseAddress!
      tree.withWalk { walk in
        let blocks = (samples.count + perBlock - 1) / perBlock
        Parallel.forEach(blocks, threads: threads) { _, block in
          for i in block * perBlock..<min((block + 1) * perBlock, samples.count) {
            let point = samples[i].point
            guard let distance = walk.distance(to: SIMD3<Float>(point), atMost: reach) else {
              continue
            }
            gaps[i] = Double(distance) * (walk.encloses(point) ? -1 : 1)
          }
        }
      }
    }
    return Distribution(gaps.filter { !$0.isNaN })
  }
}
