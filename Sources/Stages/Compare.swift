public import Completion
public import Dataflow
import Errors
public import NeuralEngine
import Skulls
public import Volumes

/// Completes a skull as ``Complete`` does, and keeps how far the next best way of completing lies from the result.
///
/// For ``Choose`` and ``Disagree``, so that a skull is completed once for both.
public struct Compare: DeclaredStage {
  public static let kind = "compare"
  public static let summary =
    "Completes a skull, and keeps how far the next best way of completing lies from that."
  public static let parameters = Complete.parameters

  private let complete: Complete

  public init(_ parameters: Parameters) throws { try self.init(parameters, with: .standard) }

  /// The stage with checked parameters, its model one of these, its network on one of these devices.
  ///
  /// - Throws: as ``Complete``; `Diagnostic` if the model does not compare ways.
  public init(
    _ parameters: Parameters, with models: CompletionModels, on engines: Engines = .standard
  ) throws {
    complete = try Complete(parameters, with: models, on: engines)
    guard type(of: complete.model).comparesWays else {
      throw Diagnostic(
        .badParameter, field: "model", expected: "a model that compares ways of completing",
        found: parameters.text("model"), remedy: "name \(AutoCompletion.identifier)")
    }
  }

  public func prepare() throws -> [Note] { try complete.prepare() }

  public func digests() throws -> [String: String] { try complete.digests() }

  /// What completing takes, and the distances.
  ///
  /// - Throws: what is wrong with the model.
  public func demand(for inputs: [Extent]) throws -> Demand {
    let distances = inputs[0].grid(bytesPerVoxel: 4)
    var demand = try complete.demand(for: inputs)
    demand.peakBytes += 2 * distances.bytes
    demand.output.bytes += distances.bytes
    return demand
  }

  /// - Throws: what the model throws; `CancellationError`.
  public func run(_ input: Inputs<Mask>, in context: StageContext) throws -> ComparedSkull {
    let completion = try complete.completion(of: input.values, in: context, comparesWays: true)
    return ComparedSkull(mask: completion.mask, disagreement: completion.disagreement)
  }
}

/// Takes the completed skull of a comparison.
public struct Choose: DeclaredStage {
  public static let kind = "choose"
  public static let summary = "Takes the completed skull of a comparison."
  public static let parameters: [ParameterDeclaration] = []

  public init(_ parameters: Parameters) {}

  /// The mask, which the comparison shares.
  public func demand(for inputs: [Extent]) -> Demand {
    let mask = inputs[0].grid(bytesPerVoxel: 1)
    return Demand(peakBytes: mask.bytes, output: mask, cores: .one)
  }

  public func run(_ input: Inputs<ComparedSkull>, in context: StageContext) -> Mask {
    input.values.mask
  }
}
