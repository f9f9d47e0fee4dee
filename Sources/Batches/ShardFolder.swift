import Foundation

/// The names of what the parts of a batch leave in its folder.
struct ShardFolder: Sendable {
  let path: String

  /// - Parameter cases: see ``ShardPlan/Identity/cases``.
  func plan(of count: Int, cases: String) -> String {
    "\(path)/plan-of-\(count)-\(cases.prefix(16)).json"
  }
  func log(of shard: BatchRequest.Shard) -> String { "\(path)/\(shard.name).log" }
  func journal(of shard: BatchRequest.Shard) -> String { "\(path)/\(shard.name).jsonl" }

  /// The number of parts of the batch whose log was written to last; nil where there is none.
  var latestCount: Int? {
    let logs = files(endingIn: ".log")
    return logs.last.flatMap { $0.dropLast(4).split(separator: "-").last }.flatMap { Int($0) }
  }

  /// The journals of all parts, the one that was written to last at the end.
  var journals: [String] { files(endingIn: ".jsonl") }

  /// Files by the time at which they were written to.
  private func files(endingIn ending: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    let files = names.filter { $0.hasSuffix(ending) }.map { "\(path)/\($0)" }
    func time(_ path: String) -> Date {
      let attributes = try? FileManager.default.attributesOfItem(atPath: path)
      return attributes?[.modificationDate] as? Date ?? .distantPast
    }
    return files.map { (time($0), $0) }.sorted { $0 < $1 }.map(\.1)
  }
}

extension BatchRequest.Shard {
  /// The name of its files and of its claim, such as `2-of-8`.
  var name: String { "\(index)-of-\(count)" }

  /// As it is written on the command line, such as `2/8`.
  public var text: String { "\(index)/\(count)" }
}
