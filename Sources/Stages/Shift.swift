public import Completion
import Errors
public import Dataflow

/// Moves a latent from a class of defective skulls towards complete ones: z + γ · DEV.
public struct Shift: DeclaredStage {
  public static let kind = "shift"
  public static let summary = "Moves a latent from a class of defects towards complete skulls."
  public static let parameters: [ParameterDeclaration] = [
    .init("from", formerly: "by", .text, "the class that the skull belongs to: cranial or facial"),
    .init("to", .text, standard: .text("complete"), "the class to move towards"),
    .init(
      "gamma", .number(-1000...1000), standard: .number(1),
      "how far to move: 0 not at all, 1 by the distance between the class means"),
  ]

  /// The class that the skull belongs to.
  public var source: String
  public var goal: String
  public var gamma: Double

  /// A stage for a class of defects.
  public init(from source: String, to goal: String = "complete", gamma: Double = 1) {
    (self.source, self.goal, self.gamma) = (source, goal, gamma)
  }

  public init(_ parameters: Parameters) {
    self.init(
      from: parameters.text("from"), to: parameters.text("to"), gamma: parameters.number("gamma"))
  }

  /// Two vectors. The extent of a latent is that of the scan's grid.
  public func demand(for inputs: [Extent]) -> Demand {
    Demand(peakBytes: inputs[0].bytes + 1 << 16 + inputs[0].voxels / 4096, output: inputs[0])
  }

  /// Checks that the model that encodes the latents knows both classes.
  ///
  /// - Throws: ``Diagnostic`` that lists its classes if it does not.
  public func foresee(behind inputs: [(any Sendable)?]) throws -> (any Sendable)? {
    guard source != goal else {
      throw Diagnostic(
        .badParameter, field: "from", expected: "another class than the goal", found: source,
        remedy: "name the class of the defect, such as cranial")
    }
    guard let latent = inputs.first as? ForeseenLatent else { return nil }
    do { _ = try latent.model.model.deviation(from: source, to: goal) } catch {
      throw explained(error, by: latent.model.model)
    }
    return latent
  }

  /// The moved latent; an empty one does not change.
  ///
  /// - Throws: ``Diagnostic`` that lists the classes if the model does not know one.
  public func run(_ input: Inputs<Latent>, in context: StageContext) throws -> Latent {
    let latent = input.values
    do {
      let moved = try latent.shifted(from: source, to: goal, gamma: gamma)
      let length = zip(moved.vector, latent.vector).map { Double($0 - $1) }
        .reduce(0) { $0 + $1 * $1 }.squareRoot()
      context.note("length", .number(length))
      return moved
    } catch {
      throw explained(error, by: latent.model)
    }
  }

  /// An error about a class, with the parameter that names it and the nearest name.
  private func explained(_ error: Diagnostic, by model: any LatentShapeModel) -> any Error {
    guard error.code == .notInModel, error.field == "class" else { return error }
    return Diagnostic(
      .notInModel, field: error.found == source ? "from" : "to", expected: error.expected,
      found: error.found,
      remedy: nearestName(to: error.found, among: model.classes.map(\.name)).map {
        "did you mean \($0)?"
      } ?? error.remedy)
  }
}
