import Concurrency
import Dataflow
import Glibc

/// Counts the bytes that really exist, beside the scheduler's own count.
final class Meter: Sendable {
  private let state = Guarded((now: 0, peak: 0))
  func add(_ bytes: Int) {
    state.withLock { state in
      state.now += bytes
      state.peak = max(state.peak, state.now)
    }
  }
  var now: Int { state.withLock(\.now) }
  var peak: Int { state.withLock(\.peak) }
}

/// Bytes that a meter counts from allocation to deallocation.
final class Block: Sendable {
  let bytes: [UInt8]
  private let meter: Meter
  init(_ bytes: [UInt8], _ meter: Meter) {
    (self.bytes, self.meter) = (bytes, meter)
    meter.add(bytes.count)
  }
  deinit { meter.add(-bytes.count) }
}

/// What the cases of the tests bring: a number.
struct Seed: StageValue {
  static let kind = "seed"
  var number: Int
  var extent: Extent { Extent(bytes: 8) }
}

/// A large value with a number that tells whether the right work was done.
struct Slab: StageValue {
  static let kind = "slab"
  var number: Int
  var block: Block
  var extent: Extent { Extent(voxels: block.bytes.count, bytes: block.bytes.count) }

  init(_ number: Int, bytes: Int, _ meter: Meter) {
    self.number = number
    block = Block(Array(repeating: UInt8(truncatingIfNeeded: number), count: bytes), meter)
  }
}

/// A small value.
struct Score: StageValue, Equatable {
  static let kind = "score"
  var number: Int
  var extent: Extent { Extent(bytes: 8) }
}

struct TestError: Error, Equatable { var number: Int }

/// Seed to slab, on the file workers; seeds that are multiples of `failing` throw.
struct Read: Stage {
  static let kind = "read"
  var bytes: Int
  var meter: Meter
  var failing = Int.max
  var lane: Lane { .files }
  func demand(for inputs: [Extent]) -> Demand {
    Demand(peakBytes: bytes, output: Extent(voxels: bytes, bytes: bytes))
  }
  func run(_ input: Inputs<Seed>, in context: StageContext) throws -> Slab {
    let seed = input.values
    if seed.number > 0, seed.number % failing == 0 { throw TestError(number: seed.number) }
    context.note("seed", .integer(seed.number))
    return Slab(seed.number, bytes: bytes, meter)
  }
}

/// Slab to slab of the same size, with scratch of the same size.
struct Grow: Stage {
  static let kind = "grow"
  var meter: Meter
  var by = 1
  var cores = 1
  func demand(for inputs: [Extent]) -> Demand {
    Demand(peakBytes: 2 * inputs[0].bytes, output: inputs[0], cores: Cores(most: cores))
  }
  func run(_ input: Inputs<Slab>, in context: StageContext) throws -> Slab {
    let slab = input.values
    let scratch = Slab(slab.number + by, bytes: slab.block.bytes.count, meter)
    context.progress(0.5)
    return Slab(scratch.number, bytes: scratch.block.bytes.count, meter)
  }
}

/// Two slabs to their difference.
struct Differ: Stage {
  static let kind = "differ"
  static let ports = ["minuend", "subtrahend"]
  func demand(for inputs: [Extent]) -> Demand { Demand(peakBytes: 8, output: Extent(bytes: 8)) }
  func run(_ input: Inputs<Slab, Slab>, in context: StageContext) throws -> Score {
    Score(number: input.values.0.number - input.values.1.number)
  }
}

/// Slab to score on an executor of its own.
struct Judge: Stage {
  static let kind = "judge"
  var executor: any StageExecutor
  var lane: Lane { .own(executor) }
  func demand(for inputs: [Extent]) -> Demand { Demand(peakBytes: 8, output: Extent(bytes: 8)) }
  func run(_ input: Inputs<Slab>, in context: StageContext) throws -> Score {
    Score(number: 10 * input.values.number)
  }
}

/// A graph with every lane and a diamond: score 10 × (seed + 1), and difference 2.
func diamond(bytes: Int, meter: Meter, failing: Int = .max, executor: any StageExecutor)
  -> StageGraph
{
  var graph = StageGraph()
  let seed = graph.source("seed", of: Seed.self)
  let read = graph.add(Read(bytes: bytes, meter: meter, failing: failing), to: seed)
  let one = graph.add(Grow(meter: meter, by: 1, cores: 2), named: "one", to: read)
  let three = graph.add(Grow(meter: meter, by: 3), named: "three", to: read)
  let score = graph.add(Judge(executor: executor), to: one)
  let difference = graph.add(Differ(), to: three, one)
  graph.keep(score, as: "score")
  graph.keep(difference, as: "difference")
  return graph
}

/// Gathers events.
final class Recorder: Sendable {
  private let state = Guarded([RunEvent]())
  func record(_ event: RunEvent) { state.withLock { $0.append(event) } }
  var events: [RunEvent] { state.withLock { $0 } }
  var results: [CaseResult] {
    events.compactMap { if case .caseFinished(let result) = $0 { result } else { nil } }
      .sorted { $0.id.index < $1.id.index }
  }
}

/// Runs a batch to its end.
func run(
  _ cases: [Case], through graph: StageGraph, limits: Limits,
  during: (RunningBatch) async -> Void = { _ in }
) async throws -> (summary: RunSummary, recorder: Recorder) {
  let recorder = Recorder()
  let batch = try Scheduler(limits: limits).start(cases, through: graph) { recorder.record($0) }
  await during(batch)
  return (await batch.summary(), recorder)
}

/// Sleeps; for stages that stand for work.
func pause(microseconds: UInt32) { usleep(microseconds) }

/// Sleeps without a thread.
func settle() async { try? await Task.sleep(for: .milliseconds(5)) }
