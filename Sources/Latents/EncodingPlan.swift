import BetaVAE
import Completion
import Dataflow
import Skulls
import Stages

/// What reading a file, finding its bone and encoding it take, by the demands of the stages.
struct EncodingPlan {
  private let graph: StageGraph
  private let source = "case"

  init(_ model: LoadedLatentModel, rule: FramingRule) {
    var graph = StageGraph()
    let file = graph.source(source, of: CaseFile.self)
    let bone = graph.add(Bone(), to: graph.add(Load(), to: file))
    let latent = graph.add(
      Encode(model: LatentModelReference(holding: model), framing: rule), to: bone)
    graph.keep(latent, as: "latent")
    self.graph = graph
  }

  /// Bytes at the peak; of a file whose header cannot be read those of the network alone.
  func peakBytes(of file: CaseFile) throws -> Int {
    try MemoryPlan(of: graph, sources: [source: file.extent]).peakBytes
  }
}
