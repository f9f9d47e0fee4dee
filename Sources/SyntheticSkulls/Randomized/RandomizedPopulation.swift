public import Errors
internal import Skulls
public import Volumes
internal import VoxelOps

/// Any number of synthetic heads as scans of all kinds show them, framed as a network sees them; made on the fly.
///
/// Each sample depends on the templates, the seed, the skull's number, the epoch, the class and the settings alone, so
/// the same bytes come in any order and at any number of threads. In every epoch a skull is another head; its classes
/// are scans of the same head.
///
/// *Framing*: as ``HeadBox`` frames the head where ``HeadPose`` would find it, give or take
/// ``Randomization/misplacement``.
public struct RandomizedPopulation: Sendable {
  /// How far heads and scans stray.
  public let settings: Randomization
  /// The seed of all random numbers.
  public let seed: UInt64
  /// Voxels along x, y, z.
  public let size: GridSize
  private let template: SkullTemplate
  private let analytic: SkullTemplate

  /// A population of a template, and of the analytic skull beside it.
  ///
  /// - Throws: `Diagnostic` as ``Population/init(template:seed:size:)``.
  public init(
    template: SkullTemplate, seed: UInt64, size: GridSize, settings: Randomization = .init(),
    threads: Int = 1
  ) throws(Diagnostic) {
    _ = try Population(template: template, seed: seed, size: size)
    (self.template, self.seed, self.size, self.settings) = (template, seed, size, settings)
    analytic = settings.analytic > 0 ? .analytic(spacing: 2, threads: threads) : template
  }

  /// A scan and the head behind it.
  public struct Sample: Sendable {
    /// What the scan shows, with its holes: the largest piece of it.
    public let scan: Mask
    /// The whole head, solid, on the same grid.
    public let complete: Mask
  }

  /// A sample of a class: `kinds` are what its holes may be; none: it has no hole.
  ///
  /// - Parameter number: the class, which tells the scans of a head apart.
  /// - Throws: `Diagnostic` with code `noDefectFits` where no kind fits the head.
  /// - Complexity: about 25 ms at 64 × 64 × 32 on one core, 8 of them for the warp.
  public func sample(
    _ skull: Int, epoch: Int, class number: Int = 0, kinds: [Defect.Kind] = [], threads: Int = 1
  ) throws(Diagnostic) -> Sample {
    let key = RandomStream(
      seed: seed, case: skull, purpose: .randomHead, parts: [UInt64(bitPattern: Int64(epoch))])[0]
    let head = RandomHead(settings, seed: key, case: skull)
    let scan = RandomScan(settings, of: head, seed: key, case: skull, class: number)
    let grid = HeadBox.grid(of: size, about: scan.pose)
    let raster = ScanRaster(
      template: head.isAnalytic ? analytic : template, head: head, scan: scan)
    var (complete, seen) = raster.masks(on: grid, threads: threads)
    if !kinds.isEmpty {
      try cut(kinds, into: &seen, of: complete, key: key, skull: skull, class: number, scan: scan)
    }
    let piece = seen.largestComponent(connectivity: .corners26, threads: threads)
    complete = complete.largestComponent(connectivity: .corners26, threads: threads)
    return Sample(scan: piece, complete: complete)
  }

  /// Cuts holes, one mostly, and leaves some dust in them.
  private func cut(
    _ kinds: [Defect.Kind], into seen: inout Mask, of complete: Mask, key: UInt64, skull: Int,
    class number: Int, scan: RandomScan
  ) throws(Diagnostic) {
    var stream = RandomStream(
      seed: key, case: skull, purpose: .randomHoles, parts: [UInt64(number)])
    var count = 1
    while count < settings.holes, stream.unit() < 0.25 { count += 1 }
    let drawer = DefectDrawer(skull: complete)
    let bone = BonePoints(seen, like: drawer.points)
    var removed: [Int32] = []
    for hole in 0..<count {
      let first = stream.integer(0...kinds.count - 1)
      // Where one kind does not fit this head, the next may; of further holes none need fit.
      for turn in 0..<kinds.count {
        do throws(Diagnostic) {
          removed += try drawer.offsets(
            kinds[(first + turn) % kinds.count], seed: key, case: skull,
            variation: 16 * number + hole, in: bone)
          break
        } catch {
          if hole == 0, turn == kinds.count - 1 { throw error }
        }
      }
    }
    let grains = RandomStream(seed: key, case: skull, purpose: .randomHoles, parts: [99])
    seen.withMutableBytes { bytes in
      for offset in removed {
        let isGrain =
          scan.dust > 0 && Double(grains[UInt64(offset)] >> 11) * 0x1p-53 < scan.dust
        if !isGrain { bytes[Int(offset)] = 0 }
      }
    }
  }
}
