public import Errors
import Foundation

/// What went wrong in a group of ranks, known to all of them: each has ended what it did, and none waits for
/// another.
///
/// Any other error that a rank throws is its own. The others do not know of it, and wait: whoever catches it
/// has to call ``RankGroup/abort(code:)``.
public struct SharedFailure: Error, CustomStringConvertible {
  /// The same on every rank.
  public let diagnostics: Diagnostics

  public init(_ diagnostics: Diagnostics) { self.diagnostics = diagnostics }

  public var description: String { diagnostics.all.map(\.description).joined(separator: "\n") }
}

extension RankGroup {
  /// Does something on every rank that calls none of the group's functions; where it fails on one, all throw.
  ///
  /// - Throws: ``SharedFailure`` with the errors of the lowest rank that failed, on all of them. Where that is
  ///   not rank 0, its errors say which it is.
  public func agree<Value>(_ work: () throws -> Value) throws -> Value {
    let result = Result { try work() }
    var message: [UInt8] = []
    if case .failure(let error) = result {
      let own = (error as? Diagnostics)?.all ?? [Diagnostic(error)]
      message = [UInt8]((try? JSONEncoder().encode(own)) ?? Data("[]".utf8))
    }
    let messages = gather(message)
    guard let failed = messages.firstIndex(where: { !$0.isEmpty }) else { return try result.get() }
    var diagnostics =
      (try? JSONDecoder().decode([Diagnostic].self, from: Data(messages[failed]))) ?? []
    if diagnostics.isEmpty {
      diagnostics = [Diagnostic(.unexpected, field: "rank", expected: "no error", found: "one")]
    }
    if failed > 0 {
      for index in diagnostics.indices {
        diagnostics[index].field = "rank \(failed) of \(count): \(diagnostics[index].field)"
      }
    }
    throw SharedFailure(Diagnostics(diagnostics))
  }

  /// Compares texts that have to be the same on every rank.
  ///
  /// - Parameter texts: each by its name; of a text with several lines, the error has the first line that differs.
  /// - Parameter remedy: what to do where they differ.
  /// - Throws: ``SharedFailure`` with the first that differs from rank 0's.
  public func requireEqual(
    _ texts: KeyValuePairs<String, String>, remedy: String
  ) throws {
    for (field, own) in texts {
      let all = gather(Array(own.utf8)).map { String(decoding: $0, as: UTF8.self) }
      guard let other = all.indices.first(where: { all[$0] != all[0] }) else { continue }
      func told(_ one: String, but another: String) -> String {
        let lines = one.split(separator: "\n", omittingEmptySubsequences: false)
        let others = Set(another.split(separator: "\n", omittingEmptySubsequences: false))
        return lines.count == 1
          ? one : String(lines.first { !others.contains($0) } ?? "no such line")
      }
      throw SharedFailure(
        Diagnostics([
          Diagnostic(
            .unequalRanks, field: field,
            expected: "the same on every rank (\(told(all[0], but: all[other])) on rank 0)",
            found: "\(told(all[other], but: all[0])) on rank \(other)", remedy: remedy)
        ]))
    }
  }
}

extension Optional where Wrapped == any RankGroup {
  /// Does something; of several ranks, on each as ``RankGroup/agree(_:)``.
  public func agree<Value>(_ work: () throws -> Value) throws -> Value {
    guard let self else { return try work() }
    return try self.agree(work)
  }
}
