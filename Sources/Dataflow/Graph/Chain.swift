/// A straight line of stages with one input each, from `First` to `Last`.
public struct Chain<First: StageValue, Last: StageValue>: Sendable {
  let attach: @Sendable (inout StageGraph, Port<First>) -> Port<Last>

  /// A line of stages, one below the other; a stage that does not take what the one above makes does
  /// not compile.
  public init(@ChainBuilder _ body: () -> Chain<First, Last>) { self = body() }

  init(attach: @escaping @Sendable (inout StageGraph, Port<First>) -> Port<Last>) {
    self.attach = attach
  }
}

/// Joins the lines of a ``Chain``.
@resultBuilder
public enum ChainBuilder {
  /// The first stage.
  public static func buildPartialBlock<S: Stage, Value: StageValue>(
    first stage: S
  ) -> Chain<Value, S.Output> where S.Input == Inputs<Value> {
    Chain { graph, port in graph.add(stage, to: port) }
  }

  /// One stage more.
  public static func buildPartialBlock<First: StageValue, Value: StageValue, S: Stage>(
    accumulated chain: Chain<First, Value>, next stage: S
  ) -> Chain<First, S.Output> where S.Input == Inputs<Value> {
    Chain { graph, port in graph.add(stage, to: chain.attach(&graph, port)) }
  }
}

extension StageGraph {
  /// Adds a line of stages behind a port.
  public mutating func add<First: StageValue, Last: StageValue>(
    _ chain: Chain<First, Last>, to input: Port<First>
  ) -> Port<Last> {
    chain.attach(&self, input)
  }
}
