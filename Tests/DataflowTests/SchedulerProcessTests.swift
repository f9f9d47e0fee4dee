import Concurrency

import Dispatch
import Foundation
import Glibc
import Dataflow
import Synchronization
import Testing

extension SchedulingTests {
  /// What a process takes that does nothing but run a batch; each in a process of its own.
  @Suite(.timeLimit(.minutes(3))) struct SchedulerProcessTests {
    /// A stage that is parallel inside, as the operations on volumes are.
    struct Split: Stage {
      static let kind = "split"
      var threads: Most
      func demand(for inputs: [Extent]) -> Demand {
        Demand(peakBytes: inputs[0].bytes, output: inputs[0], cores: Cores(most: 4))
      }
      func run(_ input: Inputs<Slab>, in context: StageContext) throws -> Slab {
        let slab = input.values
        let sum = Atomic<Int>(0)
        for _ in 0..<5 {
          DispatchQueue.concurrentPerform(iterations: context.cores) { part in
            threads.note(threadCount())
            sum.add(slab.block.bytes.reduce(part) { $0 + Int($1) }, ordering: .relaxed)
          }
        }
        return slab
      }
    }

    final class Most: Sendable {
      private let most = Guarded(0)
      func note(_ value: Int) { most.withLock { $0 = max($0, value) } }
      var value: Int { most.withLock { $0 } }
    }

    @Test(arguments: [1, 2, 8])
    func threadsStayWithinTheWidthAndEight(width: Int) async {
      let result = await #expect(
        processExitsWith: .success, observing: [\.standardOutputContent]
      ) { [width = width as Int] in
        let most = Most()
        let before = threadCount()
        let meter = Meter()
        let engine = FixedThread()
        var graph = StageGraph()
        let seed = graph.source("seed", of: Seed.self)
        let read = graph.add(Read(bytes: 4000, meter: meter), to: seed)
        let one = graph.add(Split(threads: most), named: "one", to: read)
        let two = graph.add(Split(threads: most), named: "two", to: read)
        graph.keep(graph.add(Judge(executor: engine), to: one), as: "score")
        graph.keep(graph.add(Differ(), to: two, one), as: "difference")
        let cases = (0..<200).map { Case("\($0)", (seed, Seed(number: $0))) }
        let scheduler = Scheduler(limits: Limits(width: width, memoryBytes: 10_000_000))
        let batch = try! scheduler.start(cases, through: graph) { _ in
          most.note(threadCount())
        }
        let summary = await batch.summary()
        // The process of a test has threads of its own before the batch starts, which a command
        // does not have, all but the main one.
        let own = most.value - (before - 1)
        print("width \(width): \(own) threads, \(before) before")
        precondition(summary.completed == 200)
        precondition(own <= width + 8, "\(own) threads at width \(width)")
      }
      printOutput(of: result)
    }

    /// 200 cases with values of 8 MB, each touched: the limit holds for what the system counts, up
    /// to 150 MB for the program, its stacks and what the allocator keeps.
    @Test(.disabled(if: isSanitizerLoaded, "its shadow takes memory of its own"))
    func peakMemoryStaysNearTheLimit() async {
      let result = await #expect(
        processExitsWith: .success, observing: [\.standardOutputContent]
      ) {
        let bytes = 8 << 20
        let limit = 256 << 20
        let executor = FixedThread()
        let graph = diamond(bytes: bytes, meter: Meter(), failing: 9, executor: executor)
        let cases = (0..<200).map { Case("\($0)", ["seed": Seed(number: $0)]) }
        let scheduler = Scheduler(limits: Limits(width: 8, memoryBytes: limit))
        let summary = await (try! scheduler.start(cases, through: graph)).summary()
        let peak = peakMemory()
        print("peak \(peak >> 20) MB, counted \(summary.peak.bytes >> 20) MB")
        precondition(summary.completed == 178 && summary.failed == 22)
        precondition(summary.peak.bytes > limit / 2, "the limit was not put to the test")
        precondition(peak <= limit + 150_000_000, "\(peak) bytes at a limit of \(limit)")
      }
      printOutput(of: result)
    }
  }
}

/// Shows what a process printed: without this its output is not seen.
private func printOutput(of result: ExitTest.Result?) {
  let output = result?.standardOutputContent ?? []
  for line in String(decoding: output, as: UTF8.self).split(separator: "\n") { print(line) }
}

private func threadCount() -> Int {
  (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count) ?? .max
}

/// The most memory that the process has ever had resident, in bytes.
private func peakMemory() -> Int {
  // Not getrusage(2), whose count a process takes over from the one that started it.
  let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
  let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
  let kilobytes = line?.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) }
  return kilobytes.map { $0 * 1024 } ?? .max
}

private var isSanitizerLoaded: Bool {
  let program = UnsafeMutableRawPointer(bitPattern: 0)
  return dlsym(program, "__tsan_init") != nil || dlsym(program, "__asan_init") != nil
}
