import DataSets
import Evaluation
import Pipelines
import Files
import Dataflow
import Stages
import VolumeIO
import Volumes

/// A pipeline as a batch runs it: its outputs in folders of their own, its implants scored, and for
/// every stage what its value depends on.
struct BatchPipeline: Sendable {
  /// A file that every case writes.
  struct Output: Sendable {
    /// Its name in the pipeline, such as `implant.nrrd`.
    let fileName: String
    /// The stage that writes it.
    let node: Int
    /// Where it goes below the folder of the run, such as `implant`.
    let folder: String
    /// The ending that it gets; nil: that of the case's own file.
    let ending: String?

    /// The path below the folder of the run.
    func place(of member: DataSet.Member) -> String {
      "\(folder)/\(member.name)" + (ending ?? VolumeEnding.written(for: member.path))
    }
  }

  /// The pipeline's graph, and behind it the stages that score.
  let graph: StageGraph
  /// Per node how it makes its value; nil for what the case brings.
  let recipes: [StageRecipe?]
  /// The files.
  let outputs: [Output]
  /// The node that scores; nil where there is no implant or no skull to be found in the pipeline.
  let score: Int?
  /// The nodes that are there for scoring alone.
  let scoring: Set<Int>
  /// The stage that reads the case; nil where there is none.
  let load: Int?
  /// The digest of all recipes.
  let identity: String
  /// What a user should know, a sentence each.
  let warnings: [String]

  static let truthSource = "truth"

  /// - Throws: what a stage cannot be readied for.
  init(_ pipeline: Pipeline, scores: Bool) throws {
    var graph = pipeline.graph
    var warnings: [String] = []
    let load = graph.nodes.firstIndex { Self.kind($0) == Load.kind }
    outputs = Self.outputs(of: graph)
    self.load = load
    var scoreNode: Int?
    var scoring: Set<Int> = []
    if scores {
      if let (implant, skull) = Self.scored(pipeline, outputs, load: load, &graph) {
        let truth = graph.source(Self.truthSource, of: TruthFile.self)
        let read = graph.add(ReadTruth(), to: truth)
        let node = graph.added(AnyStage(ScoreImplant()), to: [implant, skull, read.node])
        scoreNode = node.index
        scoring = [read.node.index, node.index]
      } else {
        warnings.append(
          "nothing is scored: it writes no mask `implant`, and has no `score: {of: …, against: …}`")
      }
    }
    score = scoreNode
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

  /// The implant and the skull that scores are about: those that the pipeline names; where it names none,
  /// the mask that it writes as `implant`, and the bone of the case.
  private static func scored(
    _ pipeline: Pipeline, _ outputs: [Output], load: Int?, _ graph: inout StageGraph
  ) -> (implant: NodeID, skull: NodeID)? {
    if let score = pipeline.score { return (score.of, score.against) }
    let written = outputs.filter { $0.folder == "implant" }
      .map { graph.nodes[$0.node].inputs[0] }
      .first { graph.nodes[$0.index].output is Mask.Type }
    guard let load, let written else { return nil }
    return (written, skull(in: graph) ?? graph.bone(of: load))
  }

  /// The stage that takes the whole skull without table and tubes, as ``Bone`` does by itself.
  private static func skull(in graph: StageGraph) -> NodeID? {
    for (index, node) in graph.nodes.enumerated() {
      guard case .stage(let stage) = node.role, stage.kind == Bone.kind,
        stage.parameters["pieces"] == .text("main"),
        Self.kind(graph.nodes[node.inputs[0].index]) == Load.kind
      else { continue }
      return graph.id(index)
    }
    return nil
  }

  /// Where the files of a case go, each place once: `--format nifti` adds nothing to a NIfTI case.
  func places(of member: DataSet.Member) -> [(output: Output, place: String)] {
    var taken: Set<String> = []
    return outputs.map { ($0, $0.place(of: member)) }.filter { taken.insert($0.1).inserted }
  }

  /// Where the files go: masks and scans into a folder of their name, the surface of `implant` into
  /// `mesh`, pictures into a folder of their name.
  private static func outputs(of graph: StageGraph) -> [Output] {
    var taken: Set<String> = []
    return graph.outputs.map { output in
      let ending =
        VolumeEnding.of(output.name) ?? "." + (output.name.split(separator: ".").last ?? "")
      let stem = String(output.name.dropLast(ending.count))
      let written = graph.nodes[graph.nodes[output.node.index].inputs[0].index].output
      var folder =
        OutputFormat.isSurface(written) ? stem == "implant" ? "mesh" : stem + "-mesh" : stem
      // The same mask in a second format lies beside the first.
      let ownEnding = ending.lowercased() == VolumeFormat.nrrd.standardEnding ? nil : ending
      while !taken.insert(folder + "|" + (ownEnding ?? "")).inserted { folder += "-2" }
      return Output(
        fileName: output.name, node: output.node.index, folder: folder, ending: ownEnding)
    }
  }
}

extension StageGraph {
  /// The ID of a node by its place.
  fileprivate func id(_ index: Int) -> NodeID { ids[index] }

  /// Adds a stage whose edges are known to fit.
  fileprivate mutating func added(_ stage: AnyStage, to inputs: [NodeID]) -> NodeID {
    do { return try add(erased: stage, named: stage.kind, to: inputs) } catch {
      preconditionFailure("a stage of the batch does not fit: \(error)")
    }
  }

  /// Adds the stage that takes the skull of a scan.
  fileprivate mutating func bone(of load: Int) -> NodeID {
    let standard = Parameters([:], for: Bone.parameters)
    return added(AnyStage(Bone(standard), parameters: standard.all), to: [id(load)])
  }
}
