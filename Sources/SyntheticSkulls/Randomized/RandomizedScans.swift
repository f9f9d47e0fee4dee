internal import Skulls
internal import Volumes
internal import VoxelOps

/// The heads and scans of ``RandomizedPopulation`` as users have them: whole, each on the straight grid of its scanner,
/// against which the head is turned.
///
/// Each scan depends on the templates, the seed, its number and the settings alone. No training with the same seed sees
/// these heads.
public struct RandomizedScans: Sendable {
  private let settings: Randomization
  private let seed: UInt64
  private let template: SkullTemplate
  private let analytic: SkullTemplate
  private let cells: ClosedRange<Double>

  /// Scans of a template, and of the analytic skull beside it.
  ///
  /// - Parameter cells: the edges of voxels within slices, in mm.
  public init(
    template: SkullTemplate, seed: UInt64, settings: Randomization = .init(),
    cells: ClosedRange<Double> = 0.45...1.0, threads: Int = 1
  ) {
    (self.template, self.seed, self.settings, self.cells) = (template, seed, settings, cells)
    analytic = settings.analytic > 0 ? .analytic(spacing: 1, threads: threads) : template
  }

  /// How a head and its scan stray, in mm.
  public struct Parameters: Hashable, Sendable, Encodable {
    /// Whether the head varies the analytic skull.
    public var isAnalytic: Bool
    /// The head's size relative to the template's.
    public var size: Double
    /// The normal of the slices in the frame of the head, which looks to −y.
    public var normal: SIMD3<Double>
    /// The edge of a voxel within a slice, and the distance of slices.
    public var cell, slice: Double
    /// Whether the scan ends within the head below, at the top, and at the sides.
    public var endsBelow, endsAbove, endsBeside: Bool
    /// The width of gaping sutures; 0: closed.
    public var suture: Double
    /// Whether air cells and marrow are open, and whether bone dust lies in holes.
    public var hasOpenCells, hasDust: Bool
  }

  /// A scan of a head.
  ///
  /// - Complexity: 0.7 to 1.4 ms for each 10 000 voxels on one core; 3 bytes a voxel.
  public func scan(_ number: Int, threads: Int = 1) -> RandomizedScan {
    // Trainings count their epochs from 0.
    let key = RandomStream(seed: seed, case: number, purpose: .randomHead, parts: [.max])[0]
    let head = RandomHead(settings, seed: key, case: number)
    let scan = RandomScan(settings, of: head, seed: key, case: number, class: 0)
    let template = head.isAnalytic ? analytic : template
    var stream = RandomStream(seed: key, case: number, purpose: .randomScan, parts: [.max])
    let cell =
      cells.lowerBound * PowerSeries.power(cells.upperBound / cells.lowerBound, stream.unit())

    let grid = ScannerGrid(around: template, head: head, scan: scan, cell: cell)
    let raster = ScanRaster(template: template, head: head, scan: scan)
    let (whole, seen) = raster.masks(on: grid.headGeometry, threads: threads)
    return RandomizedScan(
      number: number, key: key, grid: grid, dust: scan.dust,
      complete: whole.largestComponent(connectivity: .corners26, threads: threads),
      seen: seen.largestComponent(connectivity: .corners26, threads: threads),
      parameters: Parameters(
        isAnalytic: head.isAnalytic, size: head.size, normal: scan.normal, cell: cell,
        slice: scan.slice, endsBelow: scan.heights.lowerBound > -500,
        endsAbove: scan.heights.upperBound < 500, endsBeside: scan.view < 500,
        suture: 2 * Double(scan.suture), hasOpenCells: scan.cells < 1, hasDust: scan.dust > 0))
  }
}
