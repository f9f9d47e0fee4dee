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
  /// The node that scores; nil if the pipeline file does not say what is scored.
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
      if let scored = pipeline.score {
        let truth = graph.source(Self.truthSource, of: TruthFile.self)
        let read = graph.add(ReadTruth(), to: truth)
        let node = graph.added(
          AnyStage(ScoreImplant()), to: [scored.of, scored.against, read.node])
        prediction = outputs.first { graph.nodes[$0.node].inputs[0] == scored.of }
        scoreNode = node.index
        scoring = [read.node.index, node.index]
      } else {
        let masks = graph.nodes.filter { $0.output is Mask.Type }.map(\.name)
        warnings.append(
          "nothing is scored: `score` does not say which mask against which; write "
            + "`score: {of: …, against: …}`"
            + (masks.isEmpty ? "" : " with two of \(masks.joined(separator: ", "))"))
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
  /// Adds a stage whose edges fit.
  fileprivate mutating func added(_ stage: AnyStage, to inputs: [NodeID]) -> NodeID {
    do { return try add(erased: stage, named: stage.kind, to: inputs) } catch {
      preconditionFailure("a stage of the batch does not fit: \(error)")
    }
  }
}
