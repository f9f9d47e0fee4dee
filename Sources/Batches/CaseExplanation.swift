import DataSets
import Errors
import Dataflow

extension BatchRun {
  /// What has to be done for a case, and why: one line for the case, then one per stage.
  func explanation(of plan: CasePlan, for member: DataSet.Member) -> [String] {
    let nodes = pipeline.graph.nodes
    let stages = nodes.indices.filter { node in
      pipeline.recipes[node] != nil && (member.truth != nil || !pipeline.scoring.contains(node))
    }
    let runs = stages.filter { plan.states[$0] == .runs }.count
    let width = stages.map { nodes[$0].name.count }.max() ?? 0
    guard !plan.isDone else {
      return ["\(member.name): all \(counted(stages.count, "stage")) reused"]
    }
    let reused = "\(stages.count - runs) of \(counted(stages.count, "stage")) reused"
    return ["\(member.name): \(reused), \(runs) run"]
      + stages.map { node in
        let name = nodes[node].name.padded(to: width)
        return switch plan.states[node] {
        case .reused: "  \(name)  reused"
        case .restored: "  \(name)  reused, read from the cache"
        case .runs: "  \(name)  runs: \(plan.reasons[node] ?? "")"
        }
      }
  }
}

extension String {
  fileprivate func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}
