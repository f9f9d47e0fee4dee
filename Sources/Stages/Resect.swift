public import Dataflow
import Errors
import VoxelOps
public import Volumes

/// Takes bone out as it is planned to be.
public struct Resect: DeclaredStage {
  public static let kind = "resect"
  public static let summary = "Takes out the bone that a mask of the case marks."
  public static let parameters: [ParameterDeclaration] = [
    NamedHoles.resectionParameter(standard: .text(NamedHoles.none))
  ]

  /// What is taken out; nil: nothing.
  private let mask: CaseMaskFile?

  /// A stage for a mask; nil takes out nothing.
  public init(mask: CaseMaskFile? = nil) { self.mask = mask }

  public init(_ parameters: Parameters) {
    let path = parameters.text("resection")
    mask = path == NamedHoles.none ? nil : CaseMaskFile(path, field: "resection")
  }

  /// Reads the mask.
  ///
  /// - Throws: `Diagnostic` where it cannot be read, is no mask or marks nothing.
  public func prepare() throws -> [Note] {
    _ = try mask?.load()
    return []
  }

  /// The digest of the mask: cached values are not reused if it changes.
  public func digests() throws -> [String: String] {
    try mask.map { ["resection": try $0.digest()] } ?? [:]
  }

  /// Two masks on the grid of the scan, and the one that was read.
  public func demand(for inputs: [Extent]) throws -> Demand {
    let grid = inputs[0].grid(bytesPerVoxel: 1)
    let held = try mask.map { grid.bytes + (try $0.byteCount()) } ?? 0
    return Demand(
      peakBytes: grid.bytes + held, output: grid, cores: Cores(voxels: grid.voxels))
  }

  /// The bone that is left.
  ///
  /// - Throws: `Diagnostic` where the mask lies elsewhere or on no bone.
  public func run(_ input: Inputs<Mask>, in context: StageContext) throws -> Mask {
    let bone = input.values
    guard let mask else { return bone }
    let out = try mask.mask(on: bone.geometry, threads: context.cores)
    let left = try bone.subtracting(out, threads: context.cores)
    let count = bone.voxelCount - left.voxelCount
    guard count > 0 else {
      throw Diagnostic(
        .badParameter, mask.path, field: "resection", expected: "bone of the skull",
        found: "none where it is marked", remedy: "mark bone to remove")
    }
    context.note("resectedMM3", .number(Double(count) * bone.geometry.voxelVolume))
    return left
  }
}
