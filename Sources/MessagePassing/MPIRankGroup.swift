import CMPI
public import Errors
import Foundation
import Glibc

/// The processes that `mpirun` or `srun` started, through MPI's own collectives.
///
/// The library is looked for when the program runs: the same program works with Open MPI and with MPICH, and
/// without either. Sums of numbers that the backward pass makes are MPI's non-blocking ones; they go on in
/// ``advance()`` and in every other call.
///
/// Unchecked: as of every group, one thread at a time may call.
public final class MPIRankGroup: RankGroup, @unchecked Sendable {
  public let rank: Int
  public let count: Int
  public let carrier: String
  public private(set) var seconds = 0.0
  private var requests: [cmpi_request] = []
  /// How many of them, from the first on, have ended.
  private var ended = 0

  /// What ``libraryVariable`` says where each process is to train for itself.
  private static let alone = "none"

  /// The environment variable that names the library to use.
  public static let libraryVariable = "CALVARIA_MPI"

  /// Joins the processes that were started together; nil where this one was started alone, or is the only one.
  ///
  /// To be called once, and ``leave()`` before the program ends.
  /// - Throws: ``Diagnostic`` where several were started, but there is no library through which they can speak, or
  ///   it is not that of their launcher: each would train alone, and all would write into one folder.
  public static func join(environment: [String: String]) throws(Diagnostic) -> MPIRankGroup? {
    guard let launch = RankLaunch(environment: environment), launch.count != 1,
      environment[libraryVariable] != alone
    else { return nil }
    func refusal(_ found: String, _ remedy: String) -> Diagnostic {
      Diagnostic(
        .noMessagePassing, field: "MPI",
        expected:
          "a library through which the \(launch.count.map { "\($0) " } ?? "")processes of "
          + "\(launch.launcher.rawValue) can speak", found: found,
        remedy: "\(remedy); \(libraryVariable)=\(alone) lets each process train for itself")
    }
    if launch.launcher == .srun {
      throw refusal(
        "none: srun gave no way to", "start it with srun --mpi=pmix or --mpi=pmi2, or with mpirun")
    }
    let named = environment[libraryVariable].flatMap { $0.isEmpty ? nil : $0 }
    try load(named.map { [$0] } ?? launch.libraries) { reason in
      refusal(
        reason,
        named == nil
          ? "install the MPI of this launcher (on Debian: openmpi-bin, or mpich), or name its library by "
            + libraryVariable
          : "correct \(libraryVariable), or leave it out")
    }
    guard cmpi_begin() == 1 else {
      throw refusal(
        "one that threads may not take turns with", "use an MPI with MPI_THREAD_SERIALIZED")
    }
    let group = MPIRankGroup()
    if let count = launch.count, count != group.count {
      defer { group.leave() }
      throw refusal(
        "\(group.carrier), to which this process is alone (1 of \(group.count))",
        "start it with the mpirun of that MPI, or name the launcher's library by \(libraryVariable)"
      )
    }
    guard group.count > 1 else {
      group.leave()
      return nil
    }
    return group
  }

  /// Loads the first of the libraries that there is.
  private static func load(
    _ names: [String], refusal: (String) -> Diagnostic
  ) throws(Diagnostic) {
    var reasons: [String] = []
    for name in names {
      var reason = [CChar](repeating: 0, count: 400)
      if cmpi_open(name, &reason, reason.count) == 1 { return }
      reasons.append(String(decoding: reason.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self))
    }
    throw refusal("none: " + reasons.joined(separator: "; "))
  }

  /// The library that would be used, with its version, without joining anybody; nil where there is none.
  public static func installed() -> String? {
    let named = ProcessInfo.processInfo.environment[libraryVariable].flatMap {
      $0.isEmpty ? nil : [$0]
    }
    let refusal = { Diagnostic(.noMessagePassing, field: "MPI", expected: "a library", found: $0) }
    do { try load(named ?? RankLaunch.openMPI + RankLaunch.mpich, refusal: refusal) } catch {
      return nil
    }
    return version
  }

  private init() {
    rank = Int(cmpi_rank())
    count = Int(cmpi_size())
    carrier = Self.version
  }

  /// Name and version of the library that is loaded.
  private static var version: String {
    var text = [CChar](repeating: 0, count: 200)
    cmpi_version(&text, text.count)
    let version = String(
      decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    // Open MPI's goes on behind a comma, MPICH's on many lines.
    return (version.split { $0 == "," || $0.isNewline }.first ?? "MPI")
      .split(whereSeparator: \.isWhitespace).filter { $0 != "Version:" }.joined(separator: " ")
  }

  /// Leaves the group, so that the launcher sees a process that ends as it should; nothing may be called after it.
  public func leave() { cmpi_end() }

  public func abort(code: Int32) -> Never {
    cmpi_abort(code)
    // MPI ends this process; if it should not, it has to end all the same.
    _exit(code)
  }

  /// Counts the time of a call.
  private func timed(_ call: () -> Void) {
    let clock = ContinuousClock()
    let begin = clock.now
    call()
    seconds += (clock.now - begin) / .seconds(1)
  }

  public func sum(_ values: UnsafeMutableBufferPointer<Double>) {
    guard let memory = values.baseAddress else { return }
    timed { cmpi_sum_doubles(memory, Int32(values.count)) }
  }

  public func beginSum(_ values: UnsafeMutableBufferPointer<Float>) {
    guard let memory = values.baseAddress else { return }
    timed {
      var request = cmpi_request()
      cmpi_begin_sum_floats(memory, Int32(values.count), &request)
      requests.append(request)
    }
  }

  public func advance() {
    // One call lets all of them go on, where it is about one that has not ended.
    guard ended < requests.count else { return }
    timed { ended += Int(cmpi_test(&requests[ended])) }
  }

  public func finishSums() {
    timed {
      for index in requests.indices { cmpi_wait(&requests[index]) }
      requests.removeAll(keepingCapacity: true)
      ended = 0
    }
  }

  public func gather(_ bytes: [UInt8]) -> [[UInt8]] {
    var result: [[UInt8]] = []
    timed {
      var own = Int64(bytes.count)
      var counts = [Int64](repeating: 0, count: count)
      cmpi_gather(&own, &counts, 8)
      let room = Int(counts.max() ?? 0)
      precondition(room * count < 1 << 31, "more than one message can hold")
      guard room > 0 else {
        result = Array(repeating: [], count: count)
        return
      }
      let padded = bytes + [UInt8](repeating: 0, count: room - bytes.count)
      var all = [UInt8](repeating: 0, count: room * count)
      cmpi_gather(padded, &all, Int32(room))
      result = counts.indices.map { Array(all[$0 * room..<$0 * room + Int(counts[$0])]) }
    }
    return result
  }

  public func broadcast(_ bytes: [UInt8]) -> [UInt8] {
    var result = bytes
    timed {
      var size = Int64(bytes.count)
      cmpi_broadcast(&size, 8)
      if rank != 0 { result = [UInt8](repeating: 0, count: Int(size)) }
      let part = 1 << 30
      result.withUnsafeMutableBytes { memory in
        for begin in stride(from: 0, to: memory.count, by: part) {
          cmpi_broadcast(memory.baseAddress! + begin, Int32(min(part, memory.count - begin)))
        }
      }
    }
    return result
  }
}
