import Errors
import Files
import Foundation
import Concurrency
import Dataflow

/// The journal of an output folder: one line for each case, written as soon as the case is done. So a run
/// can be killed at any moment, and the next one continues.
///
/// A line says from which value a file was written. A file without a line, or one that was changed since,
/// is written again.
final class BatchJournal: Sendable {
  static let formatVersion = 1

  private enum Line: Codable {
    case format(Int)
    case pipeline(String, [String: Recipe])
    case record(JournalRecord)
  }
  struct Recipe: Codable, Sendable {
    var kind: String
    var version: Int
    var parameters: [String: String]
  }

  private struct State: Sendable {
    mutating func add(_ record: JournalRecord) {
      records[record.name] = record
      names[record.sources] = record.name
    }

    var records: [String: JournalRecord] = [:]
    /// The name of a case with these sources: the digests of its bytes and its truth.
    var names: [[String: String]: String] = [:]
    var pipelines: [String: [String: Recipe]] = [:]
    var lines = 0
  }
  private let path: String
  /// The journals of processes that did parts; they are read too.
  private let others: [String]
  /// Whether no other process writes: then this journal takes over what stands in the others.
  private let isAlone: Bool
  private let state: Guarded<State>
  private let recorder = Guarded<Recorder?>(nil)

  /// Reads the journal of a folder; before the first run there is none.
  ///
  /// - Parameters:
  ///   - others: journals that are read before it. Of two records of a case the last holds; the stamps of its files tell
  ///     whether it is true.
  ///   - isAlone: whether no other process writes into the folder.
  /// - Throws: `Diagnostic` if a newer program wrote one.
  init(_ path: String, besides others: [String] = [], isAlone: Bool = true) throws(Diagnostic) {
    (self.path, self.isAlone) = (path, isAlone)
    self.others = others.filter { $0 != path }
    var state = State()
    let decoder = JSONDecoder()
    // One that works alone has the oldest records itself: what parts did since is newer.
    for file in isAlone ? [path] + self.others : self.others + [path] {
      guard let data = FileManager.default.contents(atPath: file) else { continue }
      for line in data.split(separator: UInt8(ascii: "\n")) {
        // A line that is incomplete because the process was killed is ignored.
        guard let line = try? decoder.decode(Line.self, from: line) else { continue }
        if file == path { state.lines += 1 }
        switch line {
        case .format(let version) where version > Self.formatVersion:
          throw Diagnostic(
            .newerVersion, file, field: "formatVersion", expected: "at most \(Self.formatVersion)",
            found: "\(version)",
            remedy: "use the program that wrote the folder, or choose another with -o")
        case .format: break
        case .pipeline(let identity, let recipes): state.pipelines[identity] = recipes
        case .record(let record): state.add(record)
        }
      }
    }
    self.state = Guarded(state)
  }

  /// The last record of a case: of this name, or of another name with the same bytes and truth.
  func record(of name: String, sources: [String: String]) -> JournalRecord? {
    state.withLock { state in
      if let record = state.records[name], record.sources == sources { return record }
      // The case of the other name may have other bytes now.
      let other = state.names[sources].flatMap { state.records[$0] }
      return other.flatMap { $0.sources == sources ? $0 : nil } ?? state.records[name]
    }
  }

  /// The last record of the case of this name.
  func record(of name: String) -> JournalRecord? { state.withLock { $0.records[name] } }

  /// The recipes of a pipeline's stages, by their names.
  func recipes(of identity: String) -> [String: Recipe]? {
    state.withLock { $0.pipelines[identity] }
  }

  /// Starts writing: removes outdated lines, takes over the other journals if no other process writes, and adds the recipes of
  /// this run's pipeline.
  ///
  /// - Throws: `Diagnostic` if the file cannot be written.
  func begin(_ pipeline: BatchPipeline) throws {
    let recipes = Dictionary(
      uniqueKeysWithValues: zip(pipeline.graph.nodes, pipeline.recipes).compactMap { node, recipe in
        recipe.map {
          (node.name, Recipe(kind: $0.kind, version: $0.version, parameters: $0.parameters))
        }
      })
    let (lines, isNew, isWasteful) = state.withLock { state -> ([Line], Bool, Bool) in
      let isNew = state.pipelines.updateValue(recipes, forKey: pipeline.identity) == nil
      let used = Set(state.records.values.map(\.pipeline)).union([pipeline.identity])
      let isWasteful =
        isAlone && (!others.isEmpty || state.lines > 2 * (state.records.count + 8))
      if isWasteful { state.pipelines = state.pipelines.filter { used.contains($0.key) } }
      let lines: [Line] =
        isWasteful
        ? [.format(Self.formatVersion)] + state.pipelines.map { .pipeline($0.key, $0.value) }
          + state.records.sorted { $0.key < $1.key }.map { .record($0.value) }
        : [.format(Self.formatVersion), .pipeline(pipeline.identity, recipes)]
      return (lines, isNew, isWasteful || state.lines == 0)
    }
    if isWasteful {
      var bytes: [UInt8] = []
      for line in lines { bytes += Array("\(try Self.text(line))\n".utf8) }
      try AtomicFile.write(bytes, to: path)
    }
    if isAlone { for other in others { unlink(other) } }
    guard let recorder = Recorder(appendingTo: path) else {
      throw Diagnostic(
        .unwritable, path, field: "journal", expected: "a file that can be written",
        found: String(cString: strerror(errno)), remedy: "choose another folder with -o")
    }
    if isNew, !isWasteful { recorder.append(try Self.text(.pipeline(pipeline.identity, recipes))) }
    self.recorder.withLock { $0 = recorder }
  }

  /// Appends the record of a case.
  func add(_ record: JournalRecord) {
    state.withLock { $0.add(record) }
    guard let text = try? Self.text(.record(record)) else { return }
    recorder.withLock { _ = $0?.append(text) }
  }

  private static func text(_ line: Line) throws -> String {
    String(decoding: try JSONEncoder().encode(line), as: UTF8.self)
  }
}
