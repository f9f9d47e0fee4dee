import Errors
public import Dataflow
public import Volumes
public import VoxelOps

/// Resamples a scan to other sizes or another spacing; it covers the same box in the patient.
public struct Downsample: DeclaredStage {
  public static let kind = "downsample"
  public static let summary = "Resamples a scan to sizes in voxels or a spacing in mm."
  public static let parameters: [ParameterDeclaration] = [
    .init(optional: "sizes", .sizes, "sizes along x, y, z in voxels"),
    .init(
      optional: "spacing", .numbers(counts: [1, 3], each: .positive),
      "spacing in mm, one for all axes or three"),
    .init(
      "interpolation", .choice(Interpolation.allCases.map(\.rawValue)), standard: .text("area"),
      "how values between voxels are interpolated"),
  ]

  /// How the new grid is given.
  public enum Goal: Hashable, Sendable {
    /// Sizes along x, y, z in voxels.
    case sizes(GridSize)
    /// Spacing along x, y, z in mm.
    case spacing(SIMD3<Double>)
  }

  /// What the new grid is to have.
  public var goal: Goal
  /// How values between voxels are formed.
  public var interpolation: Interpolation

  /// A stage for sizes or a spacing.
  public init(to goal: Goal, by interpolation: Interpolation = .area) {
    (self.goal, self.interpolation) = (goal, interpolation)
  }

  public init(_ parameters: Parameters) throws {
    let interpolation = Interpolation(rawValue: parameters.text("interpolation"))!
    switch (parameters.optionalSizes("sizes"), parameters.optionalNumbers("spacing")) {
    case (let sizes?, nil):
      self.init(to: .sizes(GridSize(sizes[0], sizes[1], sizes[2])), by: interpolation)
    case (nil, let mm?):
      self.init(
        to: .spacing(mm.count == 1 ? SIMD3(repeating: mm[0]) : SIMD3(mm[0], mm[1], mm[2])),
        by: interpolation)
    case (.some, .some):
      throw Diagnostic(
        .badParameter, field: "spacing", expected: "either sizes or spacing", found: "both",
        remedy: "remove one")
    case (nil, nil):
      throw Diagnostic(
        .badParameter, field: "sizes", expected: "sizes or spacing", found: "neither",
        remedy: "add `sizes: 128x128x64`")
    }
  }

  /// The new volume, and four bytes per voxel of both grids; for cubic, eight per voxel of the scan.
  public func demand(for inputs: [Extent]) -> Demand {
    // The sizes for a spacing depend on the scan's own spacing. Until that is known, the voxels of the
    // input are counted; the run refuses a larger grid.
    let voxels: Int =
      switch goal {
      case .sizes(let sizes): sizes.count
      case .spacing: inputs[0].voxels
      }
    let output = Extent.grid(
      voxels: voxels, bytesPerVoxel: inputs[0].bytesPerVoxel,
      cubicMillimetres: inputs[0].cubicMillimetres)
    return Demand(
      peakBytes: output.bytes + inputs[0].voxels * (interpolation == .cubic ? 8 : 4) + voxels * 4,
      output: output, cores: Cores(voxels: max(inputs[0].voxels, voxels)))
  }

  /// The resampled scan on its new grid.
  ///
  /// - Throws: ``Diagnostic`` if a spacing would add voxels, or for a grid without extent.
  public func run(_ input: Inputs<Scan>, in context: StageContext) throws -> Scan {
    let scan = input.values
    let grid =
      switch goal {
      case .sizes(let sizes): scan.volume.geometry.resized(to: sizes)
      case .spacing(let spacing): try scan.volume.geometry.respaced(to: spacing)
      }
    if case .spacing = goal, grid.sizes.count > scan.volume.sizes.count {
      throw Diagnostic(
        .badParameter, field: "spacing",
        expected: "a spacing that does not add voxels (\(scan.volume.sizes))",
        found: "\(grid.sizes)", remedy: "use `sizes` to resample to a finer grid")
    }
    var resampled = scan
    resampled.volume = try scan.volume.resampled(
      onto: grid, by: interpolation, threads: context.cores)
    return resampled
  }
}
