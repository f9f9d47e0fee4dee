import Dispatch
import Testing

@testable import NeuralEngine

#if canImport(Glibc)
  import Glibc
#endif

/// Networks of shared weights, called from many threads: nothing is kept for a caller, so a thread of the
/// engine's own would only make cases wait for one another.
@Suite(.serialized) struct CallersTests {
  static let architecture = Architecture(
    inputShape: [32, 32, 16], channels: [8, 16], latentSize: 8)

  /// Parameters that are no symmetry's, from their places.
  static func parameters() -> [Parameter] {
    architecture.parameterShapes().enumerated().map { place, tensor in
      Parameter(
        name: tensor.name, shape: tensor.shape,
        values: (0..<tensor.shape.reduce(1, *)).map {
          let value = Float(($0 &* 7919 &+ place &* 104_729) % 1009) / 1009
          return tensor.name.hasSuffix("running_var") ? 0.5 + value : (value - 0.5) / 4
        })
    }
  }

  static func latents(_ caller: Int) -> [Float] {
    (0..<architecture.latentSize).map { Float(($0 + 3 * caller) % 13) / 6 - 1 }
  }

  /// Threads of this process; 0 where the system does not say.
  static func threadCount() -> Int {
    #if os(Linux)
      guard let folder = opendir("/proc/self/task") else { return 0 }
      defer { closedir(folder) }
      var count = 0
      while readdir(folder) != nil { count += 1 }
      return count - 2
    #else
      return 0
    #endif
  }

  @Test func manyCallersGetTheSameNumbersAndAddNoThreads() throws {
    let callers = 12
    let parameters = Self.parameters()
    let expected = try (0..<callers).map {
      try CPUEngine().inferenceNetwork(
        Self.architecture, parameters: parameters, batch: 1, threads: 1
      ).decode(Self.latents($0), count: 1)
    }
    let shared = try CPUEngine().inferenceWeights(
      Self.architecture, parameters: parameters, threads: 2)
    @Sendable func decode(_ caller: Int, threads: Int) throws -> [Float] {
      try shared.network(batch: 1, threads: threads).decode(Self.latents(caller), count: 1)
    }
    #expect(Set(expected).count == callers)

    // Dispatch's workers are there after this.
    DispatchQueue.concurrentPerform(iterations: 4 * callers) { _ in usleep(2000) }
    let before = Self.threadCount()
    let group = DispatchGroup()
    let results = Results(count: callers)
    for caller in 0..<callers {
      DispatchQueue.global().async(group: group) {
        results.set(caller, (try? decode(caller, threads: 2)) ?? [])
      }
    }
    group.wait()
    #expect(results.all == expected)
    // A team of two for each of twelve callers would be twelve more.
    #expect(Self.threadCount() - before < callers / 2, "\(before) before")
  }

  /// Unchecked: each caller writes its own place under the lock of the queue.
  private final class Results: @unchecked Sendable {
    private let queue = DispatchQueue(label: "results")
    private var values: [[Float]]

    init(count: Int) { values = Array(repeating: [], count: count) }
    func set(_ place: Int, _ value: [Float]) { queue.sync { values[place] = value } }
    var all: [[Float]] { queue.sync { values } }
  }
}
