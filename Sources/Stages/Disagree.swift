public import Completion
public import Dataflow
import Errors
import Skulls
import VoxelOps
public import Volumes

/// Says at every voxel of an implant how far the best other way of completing lies from it.
///
/// The model completes the skull once more: this is for looking closely, not for every run.
public struct Disagree: DeclaredStage {
  public static let kind = "disagree"
  public static let summary = "Says how far from an implant the next best completion lies, in mm."
  public static let ports = ["of", "against"]
  public static let parameters: [ParameterDeclaration] =
    [
      .init(
        "model", .text, standard: .text(AutoCompletion.identifier), "the model that completed it")
    ] + NamedHoles.parameters

  private let model: any CompletionModel
  private let named: NamedHoles

  public init(_ parameters: Parameters) throws { try self.init(parameters, with: .standard) }

  /// The stage with checked parameters, its model one of these.
  ///
  /// - Throws: `Diagnostic` if there is no such model, or it does not compare ways.
  public init(_ parameters: Parameters, with models: CompletionModels) throws {
    model = try models.model(for: parameters.text("model"))
    named = try NamedHoles(parameters)
    guard type(of: model).comparesWays else {
      throw Diagnostic(
        .badParameter, field: "model", expected: "a model that compares ways of completing",
        found: parameters.text("model"), remedy: "name \(AutoCompletion.identifier)")
    }
  }

  /// Reads what the model needs, and the masks of named holes.
  ///
  /// - Throws: what is wrong with them.
  public func prepare() throws -> [Note] {
    try named.prepare()
    return try model.prepare().map(\.note)
  }

  /// What completing takes, and the distances.
  ///
  /// - Throws: what is wrong with the model.
  public func demand(for inputs: [Extent]) throws -> Demand {
    let voxels = inputs[0].voxels
    let need = try model.demand(
      voxels: voxels, cubicMillimetres: inputs[0].cubicMillimetres)
    let output = inputs[0].grid(bytesPerVoxel: 4)
    return Demand(
      peakBytes: need.peakBytes + 2 * output.bytes + (try named.byteCount(onGridOf: voxels)),
      output: output, cores: Cores(most: need.cores, bytesEach: need.bytesPerCore))
  }

  /// The distances in mm at the voxels of the implant, 0 at all others.
  ///
  /// - Throws: `Diagnostic` where the grids differ; what the model throws; `CancellationError`.
  public func run(_ input: Inputs<Mask, Mask>, in context: StageContext) throws -> Scan {
    let (implant, defective) = input.values
    try implant.geometry.requireMatch(with: defective.geometry)
    var surroundings = CompletionContext(
      threads: context.cores,
      targets: try named.targets(on: defective.geometry, threads: context.cores),
      progress: context.progress, checkCancellation: context.checkCancellation)
    surroundings.measuresDisagreement = true
    var distances =
      try model.complete(defective, in: surroundings).disagreement
      ?? Volume<Float>(zerosOn: implant.geometry)
    implant.withBytes { implant in
      distances.withMutableVoxels { out in
        for i in out.indices where implant[i] == 0 { out[i] = 0 }
      }
    }
    return Scan(volume: AnyVolume(distances), content: .hounsfield)
  }
}
