import BetaVAE
import Completion
import Dataflow
import Skulls
import Stages
import VolumeIO

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

  /// Bytes at the peak; of a file that cannot be opened those of the network alone.
  func peakBytes(of path: String, reading: ReadOptions) throws -> Int {
    try MemoryPlan(of: graph, sources: [source: CaseFile(path: path, reading: reading).extent])
      .peakBytes
  }
}
