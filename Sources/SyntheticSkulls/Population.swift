public import Errors
internal import Skulls
public import Volumes
internal import VoxelOps

/// Any number of synthetic skulls. Each is the template with another size, shape, thickness and
/// pose, on its own grid as a scanner would choose it.
///
/// The bytes of skull number n depend only on the template, the seed, n and the size, not on the
/// number of threads or on which skulls were made before.
///
/// *Framing*, in LPS mm about the skull's origin (see ``SkullTemplate``), which lies at world (0, 0, 0):
/// along x and y the grid covers the field of view, 208 to 236 mm (even), whose middle is up to 6 mm
/// off the origin (even along both axes); where the skull would come nearer than 2 mm to a side, the
/// field of view is moved, and enlarged if it must be. Along z it begins up to 16 mm above the lowest
/// bone, which is cut there, and ends 6 to 14 mm above the highest. So on average a skull's vault is in the
/// middle along x and y of ``meanFieldOfView`` mm, and ``meanHeadroom`` mm of air are above it; the
/// height of the grid follows the skull's. Scans that a model trained on this population is to see
/// must be framed alike: ``SkullFraming`` does it.
///
/// *Measured* on the sample CT, 100 skulls at 128 × 128 × 64, seed 1: bone 6.4 to 11.4 % of the voxels
/// (median 8.8), boxes 134–165 × 186–226 × 139–181 mm (medians 146, 204, 159), mean
/// Dice of two skulls by index 0.40 (0.42 and 0.40 with seeds 7 and 42). Of 48: determinants of the warp
/// 0.63 to 1.59, mean Dice 0.71 without pose, size and framing.
public struct Population: Sendable {
  /// The fields of view that are drawn, in mm.
  public static let fieldsOfView = 208.0...236.0
  /// The mean of ``fieldsOfView``, in mm.
  public static let meanFieldOfView = 222.0
  /// The mean height of air above the highest bone, in mm.
  public static let meanHeadroom = 10.0
  /// The mean height above the lowest bone at which a grid begins, in mm.
  public static let meanLowerCut = 8.0

  /// Where `HeadPose` finds the head in the frame of the template, in the mean of the population: its rotation, and its
  /// middle in mm of a head of the template's size.
  static let headPose = Affine(linear: .identity, translation: SIMD3(0, 12.1, -2.5))
  /// The scale that it finds, of a head of the template's size.
  static let headScale = 1.02

  /// The real or analytic skull that all skulls are variations of.
  public let template: SkullTemplate
  /// The seed of all random numbers.
  public let seed: UInt64
  /// Voxels along x, y, z; nil: cubic voxels of the template's own spacing, as many as are needed.
  public let size: GridSize?

  /// The sizes along each axis that ``init(template:seed:size:)`` takes.
  public static let sizes = 16...1024
  /// The most voxels that it takes.
  public static let largestCount = 1 << 28

  /// A population on grids of one size, or at the template's own spacing.
  ///
  /// - Throws: `Diagnostic` with code `badSize` where a size lies outside ``sizes``, or all
  ///   together make more than 2²⁸ voxels.
  public init(template: SkullTemplate, seed: UInt64, size: GridSize?) throws(Diagnostic) {
    if let size {
      guard (0..<3).allSatisfy({ Self.sizes.contains(size[$0]) }), size.count <= Self.largestCount
      else {
        throw Diagnostic(
          .badSize, field: "size",
          expected: "16 to 1024 voxels along each axis and at most 268435456 in all",
          found: "\(size)", remedy: "choose a size such as 64x64x32")
      }
    }
    (self.template, self.seed, self.size) = (template, seed, size)
  }

  /// How a skull differs from the template and how its scan lies.
  ///
  /// - Complexity: that of a warp and 4000 points, about 8 ms.
  public func parameters(of number: Int) -> SkullParameters { plan(number).parameters }

  /// The grid of a skull, in LPS mm along the axes, x fastest.
  public func geometry(of number: Int) -> Geometry { plan(number).geometry }

  /// The complete skull of a case on its own grid: one 26-connected piece.
  ///
  /// *Shape*: ``size``, or what the skull needs at the template's spacing. A voxel is bone where the
  /// signed distance of the template at the warped place, less the change of thickness (at most
  /// 1 mm and 0.45 of the half-thickness), plus edge noise (standard deviation 0.12 mm,
  /// correlated over a voxel), is negative.
  /// - Complexity: 8 ms, and 0.7 to 1.4 ms for each 10 000 voxels (fine grids leap further), on one
  ///   core; 11 bytes a voxel.
  public func skull(_ number: Int, threads: Int = 1) -> Mask {
    synthesize(number, threads: threads).mask
  }

  /// The complete skull of a case with its parameters; see ``skull(_:threads:)``.
  public func synthesize(_ number: Int, threads: Int = 1) -> SyntheticSkull {
    let plan = plan(number)
    let noise = EdgeNoise.make(
      plan.geometry.sizes, sigma: 0.12,
      RandomStream(seed: seed, case: number, purpose: .edgeNoise), threads: threads)
    let mask = SkullRaster(template, plan).bone(noise, threads: threads)
      .largestComponent(connectivity: .corners26, threads: threads)
    return SyntheticSkull(number: number, mask: mask, parameters: plan.parameters)
  }

  /// The range of the determinants of a skull's warp within the template's box: volumes of the
  /// template per volume of the patient, the pose apart. Above 0 nothing folds.
  public func jacobians(of number: Int) -> ClosedRange<Double> {
    Warp(seed: seed, case: number).jacobians(in: (template.lower, template.upper))
  }

  /// Parameters, warp and grid of a case.
  func plan(_ number: Int) -> SkullPlan {
    SkullPlan(template, seed: seed, case: number, size: size)
  }
}

public struct SyntheticSkull: Sendable {
  /// The number in the population, from 0; decides how the skull differs.
  public let number: Int
  /// The complete bone, on the skull's own grid.
  public let mask: Mask
  /// How it differs from the template, and how its scan lies.
  public let parameters: SkullParameters
}
