import Accounts
import Concurrency
import Errors
import Files
import Foundation

/// What a part of a batch did: a file that grows case by case. So a part may be killed and started again, and its account can be
/// merged with those of the others at any time.
final class ShardLog: Sendable {
  static let formatVersion = 1

  /// What a process says when it begins.
  struct Begin: Codable, Sendable {
    var plan: ShardPlan.Identity
    /// How the cases are made, see ``BatchRequest/method(_:)``.
    var method: String
    var shard: RunAccount.ShardRecord
    /// When that was, in seconds since 1970.
    var moment = Date().timeIntervalSince1970
    /// The account without cases.
    var run: RunAccount
    /// The page of the batch; nil: there is none.
    var page: BatchRequest.Page?
  }

  /// What a process says when it has come to its end.
  struct End: Codable, Sendable {
    var seconds: Double
    var status: RunAccount.Status
    var resources: RunAccount.Resources
  }

  private enum Line: Codable {
    case format(Int)
    case begin(Begin)
    /// A case of this place in the plan is begun.
    case start(Int)
    case ended(Int, EndedCase)
    case end(End)
  }

  /// What stands in the file.
  struct Content: Sendable {
    /// What the last process said; nil if none did.
    var begin: Begin?
    /// Nil if it has not come to its end.
    var end: End?
    /// The cases that were begun, by their places in the plan.
    var started: Set<Int> = []
    /// How they ended.
    var ended: [Int: EndedCase] = [:]
    /// What the first process said whose cases are here.
    var first: Begin?

    /// Whether the last process came to its end and all these cases have ended.
    func isComplete(_ cases: [Int]) -> Bool {
      end.map { $0.status != .cancelled } ?? false && cases.allSatisfy { ended[$0] != nil }
    }

    init() {}

    /// - Throws: `Diagnostic` if a newer program wrote the file. A line that was cut by a kill is left out.
    init(_ path: String) throws(Diagnostic) {
      guard let data = FileManager.default.contents(atPath: path) else { return }
      let decoder = JSONDecoder()
      for text in data.split(separator: UInt8(ascii: "\n")) {
        guard let line = try? decoder.decode(Line.self, from: text) else { continue }
        switch line {
        case .format(let version) where version > ShardLog.formatVersion:
          throw Diagnostic(
            .newerVersion, path, field: "formatVersion",
            expected: "at most \(ShardLog.formatVersion)", found: "\(version)",
            remedy: "use the program that wrote the folder")
        case .format: break
        case .begin(let next):
          // What other cases or another pipeline gave is not part of it.
          if let begin, begin.plan != next.plan || begin.method != next.method {
            self = Content()
          }
          (begin, end, first) = (next, nil, first ?? next)
        case .start(let index): started.insert(index)
        case .ended(let index, let record): ended[index] = record
        case .end(let last): end = last
        }
      }
    }
  }

  /// What processes before this one left in the file, for the same cases made in the same way.
  let former: Content
  private let recorder: Recorder
  private let path: String
  private let isWritten = Guarded(true)

  /// Begins, or goes on where a process before did not come to its end.
  ///
  /// - Parameter cases: those of the part, by their places in the plan.
  /// - Throws: `Diagnostic` if the file cannot be written, or a newer program wrote it.
  init(_ path: String, _ begin: Begin, cases: [Int]) throws {
    let content = try Content(path)
    let isSame = content.begin?.plan == begin.plan && content.begin?.method == begin.method
    let goesOn = isSame && !content.isComplete(cases)
    former = goesOn ? content : Content()
    if !goesOn { unlink(path) }
    guard let recorder = Recorder(appendingTo: path) else {
      throw Diagnostic(
        .unwritable, path, field: "journal", expected: "a file that can be written",
        found: String(cString: strerror(errno)), remedy: "choose another folder with -o")
    }
    (self.recorder, self.path) = (recorder, path)
    if !goesOn { add(.format(Self.formatVersion)) }
    add(.begin(begin))
  }

  /// Notes that a case is begun.
  func start(_ index: Int) { add(.start(index)) }

  /// Notes how a case ended.
  func end(_ index: Int, _ ended: EndedCase) { add(.ended(index, ended)) }

  /// Notes that all cases have ended.
  ///
  /// - Throws: `Diagnostic` if a line could not be written: the part then counts as one that was cut.
  func end(_ end: End) throws(Diagnostic) {
    if isWritten.withLock({ $0 }) { add(.end(end)) }
    recorder.sync()
    guard isWritten.withLock({ $0 }) else {
      throw Diagnostic(
        .unwritable, path, field: "journal", expected: "a file that can be written",
        found: "a full disk, or one that failed", remedy: "make room and start the part again")
    }
  }

  private func add(_ line: Line) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let data = try? encoder.encode(line)
    if data.map({ recorder.append(String(decoding: $0, as: UTF8.self)) }) != true {
      isWritten.withLock { $0 = false }
    }
  }
}
