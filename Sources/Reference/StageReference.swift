public import Dataflow
public import Stages

/// A stage that pipeline files can use, as its declaration says.
public struct StageReference: ReferenceEntry {
  public let name: String
  public let summary: String
  /// What it takes, in order.
  public let inputs: [Input]
  /// The kind of value that it makes.
  public let output: String
  public let parameters: [Parameter]

  public struct Input: Encodable, Sendable {
    public let name: String
    /// The kind of value, such as `mask`.
    public let kind: String
  }

  public struct Parameter: Encodable, Sendable {
    public let name: String
    /// What values it takes, in words.
    public let values: String
    /// The default as text; nil where there is none.
    public let standard: String?
    /// Whether a file must give it.
    public let isRequired: Bool
    /// Whether its value is that of one case.
    public let isOfOneCase: Bool
    public let summary: String
  }

  /// The stages of a catalogue, by name.
  public static func list(of catalog: StageCatalog = .standard) -> ReferenceList<StageReference> {
    ReferenceList(
      noun: "stage",
      entries: catalog.entries.values.sorted { $0.kind < $1.kind }.map { StageReference($0) })
  }

  init(_ entry: StageCatalog.Entry) {
    (name, summary) = (entry.kind, entry.summary)
    inputs = entry.ports.map { Input(name: $0.name, kind: $0.type.kind) }
    output = entry.output.kind
    parameters = entry.parameters.map {
      Parameter(
        name: $0.name, values: $0.kind.description, standard: $0.standard?.description,
        isRequired: $0.standard == nil && !$0.isOptional, isOfOneCase: $0.isOfOneCase,
        summary: $0.summary)
    }
  }

  /// The name, what it takes and makes, an example for a pipeline file, and a paragraph a parameter.
  public var lines: [String] {
    let taken = inputs.map { "\($0.name) (\($0.kind))" }.joined(separator: ", ")
    let required = parameters.filter(\.isRequired).map { ", \($0.name): …" }.joined()
    let ports = inputs.map { ", \($0.name): …" }.joined()
    var lines = [
      "\(name): \(summary)", "", "takes  \(taken.isEmpty ? "nothing" : taken)", "makes  \(output)",
      "", "in a pipeline file:", "  \(name)-1: {stage: \(name)\(ports)\(required)}",
    ]
    if !parameters.isEmpty { lines += ["", "parameters:"] }
    for parameter in parameters {
      let facts =
        [parameter.values]
        + (parameter.standard.map { ["default \($0.isEmpty ? "empty" : $0)"] }
          ?? [parameter.isRequired ? "required" : "optional"])
        + (parameter.isOfOneCase ? ["of one case"] : [])
      lines += [
        "  \(parameter.name)  (\(facts.joined(separator: "; ")))", "      \(parameter.summary)",
      ]
    }
    return lines
  }
}
