import Dispatch
import Testing
import Glibc

@testable import NeuralEngine

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

  static let callers = 12

  static func decode(_ caller: Int, threads: Int) throws -> [Float] {
    try CPUEngine().inferenceNetwork(
      architecture, parameters: parameters(), minibatch: 1, threads: threads
    ).decode(latents(caller), count: 1)
  }

  /// What each of many callers gets that decode at once with the same weights.
  static func decodeAtOnce() throws -> [[Float]] {
    let shared = try CPUEngine().inferenceWeights(
      architecture, parameters: parameters(), threads: 2)
    let group = DispatchGroup()
    let results = Results(count: callers)
    for caller in 0..<callers {
      DispatchQueue.global().async(group: group) {
        results.set(
          caller,
          (try? shared.network(minibatch: 1, threads: 2).decode(latents(caller), count: 1)) ?? [])
      }
    }
    group.wait()
    return results.all
  }

  @Test func manyCallersGetTheSameNumbers() throws {
    let expected = try (0..<Self.callers).map { try Self.decode($0, threads: 1) }
    #expect(Set(expected).count == Self.callers)
    #expect(try Self.decodeAtOnce() == expected)
  }

  /// Threads of this process.
  static func threadCount() throws -> Int {
    let folder = try #require(opendir("/proc/self/task"))
    defer { closedir(folder) }
    var count = 0
    while readdir(folder) != nil { count += 1 }
    return count - 2
  }

  @Test func manyCallersAddNoThreads() throws {
    // Dispatch's workers are there after this.
    DispatchQueue.concurrentPerform(iterations: 4 * Self.callers) { _ in usleep(2000) }
    let before = try Self.threadCount()
    _ = try Self.decodeAtOnce()
    // A team of two for each of twelve callers would be twelve more.
    #expect(try Self.threadCount() - before < Self.callers / 2, "\(before) before")
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
