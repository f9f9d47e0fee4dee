/// Keeps account of the memory of one case: what it holds, what its running stages need, and the
/// peak of what is left to run.
///
/// A value counts from the end of the stage that makes it to the end of the last stage that uses
/// it. A running stage counts with the peak that it declared.
struct CaseMemory {
  enum Progress: UInt8 { case waiting, running, done }

  private let layout: GraphLayout
  /// Sizes of the values: actual for those that exist, predicted for the rest.
  private(set) var extents: [Extent]
  /// Demands of the stages, from actual sizes once the inputs exist.
  private(set) var demands: [Demand]
  private(set) var progress: [Progress]
  /// How many uses of each value remain, including those by running stages.
  private(set) var uses: [Int]
  /// Bytes of the values that are alive.
  private(set) var held = 0
  /// Bytes declared by the running stages.
  private(set) var declared = 0
  /// The first node in the order of the graph that is not done; the number of nodes if all are.
  private(set) var frontier = 0
  /// The first stage whose ``Stage/demand(for:)`` threw, and the error.
  private(set) var failure: (node: Int, reason: any Error)?
  private var scratch: [Int]

  /// A case that opens: its sources are alive, nothing has run.
  init(_ layout: GraphLayout, sources: [Extent]) {
    self.layout = layout
    let none = Extent(bytes: 0)
    extents = Array(repeating: none, count: layout.count)
    demands = Array(repeating: Demand(peakBytes: 0, output: none), count: layout.count)
    progress = Array(repeating: .waiting, count: layout.count)
    uses = layout.uses
    scratch = uses
    for (source, extent) in zip(layout.sources, sources) {
      extents[source] = extent
      progress[source] = .done
      if uses[source] > 0 { held = held.saturating(plus: extent.bytes) }
    }
    predict()
    advance()
  }

  /// Bytes of the live values and of the running stages.
  var used: Int { held.saturating(plus: declared) }

  /// Whether a value exists and will still be used.
  func isAlive(_ node: Int) -> Bool { progress[node] == .done && uses[node] > 0 }

  /// Sets the demand of a stage that is about to start to that for this number of cores.
  mutating func grant(_ cores: Int, to node: Int, of demand: Demand) {
    demands[node].peakBytes = demand.peakBytes(on: cores)
  }

  mutating func start(_ node: Int) {
    progress[node] = .running
    declared = declared.saturating(plus: demands[node].peakBytes)
  }

  /// Undoes ``start(_:)`` for a stage that failed.
  mutating func abandon(_ node: Int) {
    progress[node] = .waiting
    declared -= demands[node].peakBytes
  }

  /// Counts a finished stage with the size of its value, and frees the inputs that it used last.
  mutating func finish(_ node: Int, output: Extent) {
    declared -= demands[node].peakBytes
    progress[node] = .done
    if uses[node] > 0 { held = held.saturating(plus: output.bytes) }
    for input in layout.inputs[node] {
      uses[input] -= 1
      if uses[input] == 0 { held -= extents[input].bytes }
    }
    advance()
    guard extents[node] != output else { return }
    extents[node] = output
    predict()
  }

  /// Frees a value when its case ends early.
  mutating func drop(_ node: Int) {
    held -= extents[node].bytes
    uses[node] = 0
  }

  /// Peak bytes of the rest of the case if the waiting nodes run one at a time in order, beside
  /// those that are running now.
  ///
  /// - Parameter extra: a waiting node that would start now, too.
  /// - Returns: the peak and the node where it occurs.
  /// - Complexity: O(nodes + edges).
  mutating func remainingPeak(with extra: Int? = nil) -> (bytes: Int, node: Int?) {
    var now = held
    for node in frontier..<layout.count where runs(node, extra) && node != frontier {
      now = now.saturating(plus: demands[node].peakBytes)
    }
    var peak: (bytes: Int, node: Int?) = (now, nil)
    for node in 0..<layout.count { scratch[node] = uses[node] }
    for node in frontier..<layout.count where progress[node] != .done {
      if node != frontier, runs(node, extra) {
        now -= demands[node].peakBytes
      } else {
        let during = now.saturating(plus: demands[node].peakBytes)
        if during > peak.bytes { peak = (during, node) }
      }
      if uses[node] > 0 { now = now.saturating(plus: demands[node].output.bytes) }
      for input in layout.inputs[node] {
        scratch[input] -= 1
        if scratch[input] == 0 { now -= extents[input].bytes }
      }
    }
    return peak
  }

  private func runs(_ node: Int, _ extra: Int?) -> Bool {
    progress[node] == .running || node == extra
  }

  /// Predicts the sizes and demands of the waiting nodes.
  private mutating func predict() {
    for node in 0..<layout.count where progress[node] == .waiting {
      guard let stage = layout.stages[node] else { continue }
      do { demands[node] = try stage.demand(for: layout.inputs[node].map { extents[$0] }) } catch {
        failure = (node, error)
        return
      }
      extents[node] = demands[node].output
    }
  }

  private mutating func advance() {
    while frontier < layout.count, progress[frontier] == .done { frontier += 1 }
  }
}
