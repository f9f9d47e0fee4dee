/// The bytes of one case: which values live, what runs, and what the rest will take at most.
///
/// A value counts from the end of the stage that makes it to the end of its last user; a running
/// stage counts with the peak that it declared.
struct CaseMemory {
  /// What a node is doing.
  enum Progress: UInt8 { case waiting, running, done }

  private let layout: GraphLayout
  /// True sizes of values that exist, predicted ones of the others.
  private(set) var extents: [Extent]
  /// Demands, from true sizes once the inputs exist.
  private(set) var demands: [Demand]
  /// What each node is doing.
  private(set) var progress: [Progress]
  /// Uses of each value that are still to come, running ones included.
  private(set) var uses: [Int]
  /// Bytes of the values that live.
  private(set) var held = 0
  /// Bytes that running stages declared.
  private(set) var declared = 0
  /// The first node in the order of the graph that is not done; the count when all are.
  private(set) var frontier = 0
  /// The first stage that could not say what it takes, and why.
  private(set) var failure: (node: Int, reason: any Error)?
  private var scratch: [Int]

  /// A case that opens: sources live, nothing has run.
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

  /// Bytes of the values that live and of the stages that run.
  var used: Int { held.saturating(plus: declared) }

  /// Whether a value exists and is still wanted.
  func isAlive(_ node: Int) -> Bool { progress[node] == .done && uses[node] > 0 }

  /// Makes the demand of a stage that is about to start that of so many cores.
  mutating func grant(_ cores: Int, to node: Int, of demand: Demand) {
    demands[node].peakBytes = demand.peakBytes(on: cores)
  }

  /// Counts a stage that starts.
  mutating func start(_ node: Int) {
    progress[node] = .running
    declared = declared.saturating(plus: demands[node].peakBytes)
  }

  /// Takes back ``start(_:)`` for a stage that failed.
  mutating func abandon(_ node: Int) {
    progress[node] = .waiting
    declared -= demands[node].peakBytes
  }

  /// Counts a stage that ended with a value of this size, and frees what it used last.
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

  /// Frees a value of a case that ends early.
  mutating func drop(_ node: Int) {
    held -= extents[node].bytes
    uses[node] = 0
  }

  /// The most bytes that the case takes from now on if the nodes that wait run one at a time in
  /// order, those that run now beside them; `extra` is one that would run too.
  ///
  /// - Complexity: proportional to nodes and edges.
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

  /// Works out sizes and demands of the nodes that wait.
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
