/// Stages with one input each, where each takes the output of the one before.
public struct Chain<First: StageValue, Last: StageValue>: Sendable {
  let attach: @Sendable (inout StageGraph, Port<First>) -> Port<Last>

  /// Joins the listed stages. A stage that does not take the output of the one above does not
  /// compile.
  public init(@ChainBuilder _ body: () -> Chain<First, Last>) { self = body() }

  init(attach: @escaping @Sendable (inout StageGraph, Port<First>) -> Port<Last>) {
    self.attach = attach
  }
}

/// Joins the stages of a ``Chain``.
@resultBuilder
public enum ChainBuilder {
  public static func buildPartialBlock<S: Stage, Value: StageValue>(
    first stage: S
  ) -> Chain<Value, S.Output> where S.Input == Inputs<Value> {
    Chain { graph, port in graph.add(stage, to: port) }
  }

  /// Appends a stage to a chain.
  public static func buildPartialBlock<First: StageValue, Value: StageValue, S: Stage>(
    accumulated chain: Chain<First, Value>, next stage: S
  ) -> Chain<First, S.Output> where S.Input == Inputs<Value> {
    Chain { graph, port in graph.add(stage, to: chain.attach(&graph, port)) }
  }
}

extension StageGraph {
  /// Adds the stages of a chain behind a port and returns the output of the last.
  public mutating func add<First: StageValue, Last: StageValue>(
    _ chain: Chain<First, Last>, to input: Port<First>
  ) -> Port<Last> {
    chain.attach(&self, input)
  }
}
