/// Sharing out the cores.
///
/// A stage gets a fair share of the free cores: their number divided by the number of stages that
/// could start now or as soon as a file has been read. A stage of the lane ``Lane/files`` runs on a
/// thread of its own, which is not counted, and only its further cores count against the width. So
/// at most ``Limits/width`` + ``Limits/fileWorkers`` threads are at work.
///
/// The last case, which nothing else runs beside, is done soonest when its longest chain of stages is: there a
/// stage does not share with those from which the chain to the end is much shorter (``OpenCase/chains``).
extension BatchState {
  /// Grants cores to a stage that starts and reserves the bytes they need; fewer cores if the bytes
  /// do not fit.
  ///
  /// - Returns: from 1 to the number that the stage asks for.
  func grantCores(to node: Int, of item: OpenCase, _ stage: AnyStage) -> Int {
    let demand = item.memory.demands[node]
    var cores = share(
      of: demand.cores.most, chain: item.chains[node], isFiles: stage.lane.isFiles)
    guard demand.cores.bytesEach > 0 else { return cores }
    while cores > 1 {
      item.memory.grant(cores, to: node, of: demand)
      let peak = item.memory.remainingPeak(with: node).bytes
      if fits(peak, for: item) {
        reserve(peak, for: item)
        return cores
      }
      cores /= 2
    }
    item.memory.grant(1, to: node, of: demand)
    return 1
  }

  private func share(of most: Int, chain: Int, isFiles: Bool) -> Int {
    let own = isFiles ? 1 : 0
    guard most > 1, freeCores + own > 1 else { return 1 }
    let claims = max(1, claims(from: isLastCase ? chain : 0, countingFiles: isFiles))
    let share = (freeCores + claims - 1) / claims
    return max(1, min(most, share, limits.width))
  }

  /// Whether one case is left.
  var isLastCase: Bool { open.count == 1 && candidate == nil && nextCase == cases.count }

  /// How many stages compete for the free cores: those that are ready, those that wait for a file
  /// being read, and the first stages of cases that could open now.
  ///
  /// - Parameter chain: of a stage that starts; of others those count whose chains are nearly as long.
  private func claims(from chain: Int, countingFiles: Bool) -> Int {
    var (computing, reading, files) = (0, 0, 0)
    for item in open where item.wanted == nil && item.ending == nil {
      for node in item.ready {
        if item.layout.stages[node]?.lane.isFiles ?? false {
          files += 1
        } else if item.chains[node] >= chain / 4 * 3 {
          computing += 1
        }
      }
      for node in item.running where item.layout.feedsComputing[node] { reading += 1 }
    }
    var opening = 0
    if candidate == nil, open.count < limits.openCases {
      let workers = fileWorkers.isEmpty ? freeCores : freeFileWorkers.count - files
      opening = max(0, min(cases.count - nextCase, workers, limits.openCases - open.count))
    }
    return computing + reading + opening + (countingFiles ? files : 0)
  }

  func take(_ cores: Int) {
    freeCores -= cores
    load.cores += cores
    summary.peak.cores = max(summary.peak.cores, load.cores)
  }

  func giveBack(_ cores: Int) {
    freeCores += cores
    load.cores -= cores
  }
}

extension Lane {
  /// Whether stages of the lane run on the file workers.
  var isFiles: Bool { if case .files = self { true } else { false } }

  /// How many of the cores granted to a stage count against the width.
  func charge(_ cores: Int) -> Int { isFiles ? cores - 1 : cores }
}
