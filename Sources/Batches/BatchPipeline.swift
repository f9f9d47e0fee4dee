import DataSets
import Evaluation
import Pipelines
import Files
import Dataflow
import Stages
import VolumeIO
import Volumes

/// A pipeline prepared for a batch: a folder for each output, stages that score, and the recipe of every
/// stage.
struct BatchPipeline: Sendable {
  /// A file that every case writes.
  struct Output: Sendable {
    /// The name in the pipeline, such as `implant.nrrd`.
    let fileName: String
    /// The stage that writes it.
    let node: Int
    /// The folder below that of the run, such as `implant`.
    let folder: String
    /// The ending of the file; nil: that of the case's file.
    let ending: String?

    /// The path below the folder of the run.
    func place(of member: DataSet.Member) -> String {
      "\(folder)/\(member.name)" + (ending ?? VolumeEnding.written(for: member.path))
    }
  }

  /// The graph of the pipeline, followed by the stages that score.
  let graph: StageGraph
  /// The recipe of each node; nil for sources.
  let recipes: [StageRecipe?]
  let outputs: [Output]
  /// The node that scores; nil if the pipeline has no implant or no skull.
  let score: Int?
  /// The file of the mask that is scored; nil if it is not written, or nothing is scored.
  let prediction: Output?
  /// The nodes that are only needed for scoring.
  let scoring: Set<Int>
  /// The stage that reads the case, if there is one.
  let load: Int?
  /// The digest of all recipes.
  let identity: String
  /// Warnings, one sentence each.
  let warnings: [String]

  static let truthSource = "truth"

  /// - Throws: the error of a stage whose digests cannot be read.
  init(_ pipeline: Pipeline, scores: Bool) throws {
    var graph = pipeline.graph
    var warnings: [String] = []
    let load = graph.nodes.firstIndex { Self.kind($0) == Load.kind }
    outputs = Self.outputs(of: graph)
    self.load = load
    var (scoreNode, prediction): (Int?, Output?)
    var scoring: Set<Int> = []
    if scores {
      if let scored = Self.scored(pipeline, outputs, load: load, &graph) {
        let truth = graph.source(Self.truthSource, of: TruthFile.self)
        let read = graph.add(ReadTruth(), to: truth)
        let node = graph.added(
          AnyStage(ScoreImplant()), to: [scored.implant, scored.skull, read.node])
        if let guess = scored.guess { warnings.append(guess) }
        prediction = outputs.first { graph.nodes[$0.node].inputs[0] == scored.implant }
        scoreNode = node.index
        scoring = [read.node.index, node.index]
      } else {
        warnings.append(
          "nothing is scored: it writes no mask `implant`, and has no `score: {of: …, against: …}`")
      }
    }
    (score, self.prediction) = (scoreNode, prediction)
    self.scoring = scoring
    self.graph = graph
    self.warnings = warnings
    recipes = try graph.nodes.map { node in
      guard case .stage(let stage) = node.role else { return nil }
      return try stage.recipe()
    }
    var facts: [String] = []
    for (node, recipe) in zip(graph.nodes, recipes) {
      facts += [
        node.name,
        CacheKey(recipe ?? StageRecipe(kind: "", version: 0, parameters: [:]), inputs: [])
          .description,
      ]
    }
    identity = CacheKey(of: facts).description
  }

  private static func kind(_ node: StageGraph.Node) -> String? {
    if case .stage(let stage) = node.role { stage.kind } else { nil }
  }

  /// The masks that are scored.
  private struct Scored {
    var implant, skull: NodeID
    /// The warning if the pipeline file does not name them.
    var guess: String?
  }

  /// The masks that the pipeline file names; if it names none, the mask that is written as `implant` and the
  /// bone of the case.
  private static func scored(
    _ pipeline: Pipeline, _ outputs: [Output], load: Int?, _ graph: inout StageGraph
  ) -> Scored? {
    if let score = pipeline.score { return Scored(implant: score.of, skull: score.against) }
    let written = outputs.filter { $0.folder == "implant" }
      .map { graph.nodes[$0.node].inputs[0] }
      .first { graph.nodes[$0.index].output is Mask.Type }
    guard let load, let written else { return nil }
    let implant = graph.nodes[written.index].name
    let (skull, against, remedy) = skull(in: &graph, of: load)
    return Scored(
      implant: written, skull: skull,
      guess: "`score` is missing: stage \(implant) is scored against \(against); write "
        + "`score: {of: \(implant), against: \(remedy)")
  }

  /// The bone of the case, without table and tubes. If exactly one stage of the pipeline takes it, that one;
  /// otherwise a new stage, with the threshold of the pipeline's stages `bone` if they agree, or else with
  /// the standard threshold.
  ///
  /// - Returns: the node, what it is, and the end of the remedy for the warning.
  private static func skull(in graph: inout StageGraph, of load: Int) -> (NodeID, String, String) {
    let bones = graph.nodes.enumerated().compactMap { index, node -> (NodeID, String, AnyStage)? in
      guard case .stage(let stage) = node.role, stage.kind == Bone.kind,
        kind(graph.nodes[node.inputs[0].index]) == Load.kind
      else { return nil }
      return (graph.id(index), node.name, stage)
    }
    let main = bones.filter { $0.2.parameters["pieces"] == .text("main") }
    if main.count == 1 { return (main[0].0, "stage \(main[0].1)", "\(main[0].1)}`") }
    let thresholds = Set(bones.compactMap { $0.2.parameters["threshold"] })
    let own = thresholds.count == 1 ? thresholds.map { ["threshold": $0] }[0] : [:]
    let parameters = Parameters(own, for: Bone.parameters)
    return (
      graph.bone(parameters, of: load),
      "the largest piece of bone from threshold \(parameters.number("threshold"))",
      "NAME}` with a stage that takes this skull"
    )
  }

  /// The paths of a case's files, each once: `--format nifti` adds no file to a NIfTI case.
  func places(of member: DataSet.Member) -> [(output: Output, place: String)] {
    var taken: Set<String> = []
    return outputs.map { ($0, $0.place(of: member)) }.filter { taken.insert($0.1).inserted }
  }

  /// Where the files go: masks, scans and pictures into folders of their name, the surface of `implant` into
  /// `mesh`.
  private static func outputs(of graph: StageGraph) -> [Output] {
    var taken: Set<String> = []
    return graph.outputs.map { output in
      let ending =
        VolumeEnding.of(output.name) ?? "." + (output.name.split(separator: ".").last ?? "")
      let stem = String(output.name.dropLast(ending.count))
      let written = graph.nodes[graph.nodes[output.node.index].inputs[0].index].output
      var folder =
        OutputFormat.isSurface(written) ? stem == "implant" ? "mesh" : stem + "-mesh" : stem
      // The same mask in a second format goes into the same folder.
      let ownEnding = ending.lowercased() == VolumeFormat.nrrd.standardEnding ? nil : ending
      while !taken.insert(folder + "|" + (ownEnding ?? "")).inserted { folder += "-2" }
      return Output(
        fileName: output.name, node: output.node.index, folder: folder, ending: ownEnding)
    }
  }
}

extension StageGraph {
  /// The ID of a node by its index.
  fileprivate func id(_ index: Int) -> NodeID { ids[index] }

  /// Adds a stage whose edges fit.
  fileprivate mutating func added(_ stage: AnyStage, to inputs: [NodeID]) -> NodeID {
    do { return try add(erased: stage, named: stage.kind, to: inputs) } catch {
      preconditionFailure("a stage of the batch does not fit: \(error)")
    }
  }

  /// Adds a stage that takes the skull of a scan.
  fileprivate mutating func bone(_ parameters: Parameters, of load: Int) -> NodeID {
    added(AnyStage(Bone(parameters), parameters: parameters.all), to: [id(load)])
  }
}
