import Dataflow

/// A pipeline as boxes and arrows, independent of the output format.
public struct GraphDrawing: Sendable {
  /// The output formats of a drawing.
  public enum Format: String, CaseIterable, Sendable {
    case mermaid, dot, svg
  }

  struct Box: Sendable {
    var title: String
    /// The kind and parameters of a stage; empty for sources and files.
    var lines: [String]
    var shape: Shape
    /// The column: the length of the longest path from a source.
    var rank: Int
  }

  enum Shape: Sendable { case source, stage, file }

  struct Arrow: Sendable {
    var from: Int
    var to: Int
    /// The type of the value; also the port, if the stage has several.
    var label: String
  }

  package let title: String
  var boxes: [Box] = []
  var arrows: [Arrow] = []

  /// The drawing of a pipeline, without the source of the output folder.
  public init(_ pipeline: Pipeline) {
    title = pipeline.name
    let nodes = pipeline.graph.nodes
    let files = Set(pipeline.graph.outputs.map(\.node.index))
    var place: [Int: Int] = [:]
    for (index, node) in nodes.enumerated() {
      if case .source = node.role, node.name == Pipeline.folderSource { continue }
      let sources = node.inputs.compactMap { place[$0.index] }
      let rank = sources.map { boxes[$0].rank + 1 }.max() ?? 0
      place[index] = boxes.count
      switch node.role {
      case .source:
        boxes.append(Box(title: "$\(node.name)", lines: [], shape: .source, rank: rank))
      case .stage(let stage):
        let isFile = files.contains(index)
        let parameters = (pipeline.parameters[node.name] ?? [:]).sorted { $0.key < $1.key }
          .map { "\($0.key): \($0.value)" }
        boxes.append(
          Box(
            title: node.name, lines: isFile ? [] : [stage.kind] + parameters,
            shape: isFile ? .file : .stage, rank: rank))
        let named = zip(stage.ports, node.inputs).filter { place[$0.1.index] != nil }
        for (port, input) in named {
          let kind = nodes[input.index].output.kind
          arrows.append(
            Arrow(
              from: place[input.index]!, to: place[index]!,
              label: named.count > 1 ? "\(port.name): \(kind)" : kind))
        }
      }
    }
  }

  /// The drawing in one of the formats.
  public func text(as format: Format) -> String {
    switch format {
    case .mermaid: mermaid
    case .dot: dot
    case .svg: svg
    }
  }
}
