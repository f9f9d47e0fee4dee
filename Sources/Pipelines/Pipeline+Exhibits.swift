import Dataflow
import Errors
import Settings
import Stages

extension Pipeline {
  /// A stage that gathers something for the page of a case, and the stages whose values it takes.
  struct Shown {
    let stage: AnyStage
    let inputs: [String]
  }

  /// The amounts of γ that the paper shows.
  static let shownGammas = [0, 0.3, 0.5, 1, 5]

  /// What the names of the kept values begin with, which no file's does.
  static let exhibitPrefix = "/exhibit-"

  /// The stages that gather what a page shows.
  ///
  /// - Parameters:
  ///   - implant: the stage that is scored.
  ///   - disagreement: the stage that says how far the next best way lies; nil where there is none.
  /// - Throws: ``Diagnostics`` where the pipeline makes no preview, which says what bone and implant are.
  static func shown(
    of resolved: [PipelineChecker.Resolved], in file: PipelineFile, implant: String?,
    _ alternatives: [PipelineFile.Alternative], _ disagreement: String?
  ) throws(Diagnostics) -> [Shown] {
    guard let view = view(of: resolved) else {
      throw Diagnostics([
        Diagnostic(
          .configuration, file.path, field: "--report",
          expected:
            "a pipeline with a stage `\(PreviewPicture.kind)`, which says what is bone and what implant",
          found: "none", remedy: "add one, or leave --report out")
      ])
    }
    let (shape, bone) = (view.ports[0], view.ports[1])
    var shown = [Shown(stage: AnyStage(ShowCase()), inputs: view.ports + [view.name])]
    if let gate = stage(CheckPart.kind, of: resolved), gate.ports.count == 3 {
      shown.append(
        Shown(stage: AnyStage(ShowPart()), inputs: [gate.name, gate.ports[1], gate.ports[2]]))
    }
    if let disagreement {
      shown.append(
        Shown(stage: AnyStage(ShowDisagreement()), inputs: [shape, bone, disagreement]))
    }
    return shown
      + alternatives.map {
        Shown(
          stage: AnyStage(ShowAlternative(name: $0.name, gamma: $0.gamma)),
          inputs: [$0.stage, implant ?? shape])
      }
  }

  /// The stage that draws the preview, and what it takes: implant, bone and scan. Nil where there is none.
  static func view(of resolved: [PipelineChecker.Resolved]) -> (name: String, ports: [String])? {
    stage(PreviewPicture.kind, of: resolved).flatMap { $0.ports.count == 3 ? $0 : nil }
  }

  /// The first stage of a kind, and those whose values it takes.
  private static func stage(
    _ kind: String, of resolved: [PipelineChecker.Resolved]
  ) -> (name: String, ports: [String])? {
    resolved.first { $0.entry.kind == kind }.map { ($0.name, $0.ports.compactMap { $0?.name }) }
  }

  /// The small picture of a case.
  static let thumbnailFile = "thumbnail.png"

  /// What the stages of a case gathered for its page; nil where ``Options/reports`` was not set, or the case failed.
  func exhibit(in result: CaseResult) -> Exhibit? {
    // In the order of the graph.
    let parts = graph.outputs.compactMap { result.outputs[$0.name] as? Exhibit }
    guard !parts.isEmpty else { return nil }
    return parts.reduce(into: Exhibit()) { $0.add($1) }
  }

  /// The names of the files that the graph writes.
  var fileNames: [String] {
    graph.outputs.map(\.name).filter { !$0.hasPrefix(Self.exhibitPrefix) }
  }
}
