import Dataflow

/// How much of a case's time each of its stages takes, as far as that is known beforehand: what the time left is reckoned from.
struct StageShares: Sendable {
  /// The share of a case's time that a kind of stage usually takes, measured with the default pipeline on the sample CT and on
  /// a skull of 512 × 512 × 512 voxels.
  private static let usual: [String: Double] = [
    "load": 0.03, "bone": 0.01, "complete": 0.32, "encode": 0.05, "decode": 0.05, "clean": 0.02,
    "design": 0.21,
    "isosurface": 0.11, "gate": 0.12, "measure": 0.1, "voxelize": 0.005, "write-surface": 0.02,
    "preview": 0.045,
    "fit": 0.2, "mesh": 0.1,
  ]
  private static let other = 0.003

  private let shares: [String: Double]

  init(of graph: StageGraph) {
    var shares: [String: Double] = [:]
    for node in graph.nodes {
      guard case .stage(let stage) = node.role else { continue }
      shares[node.name] = Self.usual[stage.kind] ?? Self.other
    }
    let sum = shares.values.reduce(0, +)
    self.shares = shares.mapValues { $0 / max(sum, 1e-9) }
  }

  /// The share of a stage; all of a graph add up to 1.
  subscript(stage: String) -> Double { shares[stage] ?? 0 }
}
