import Accounts
import Completion
import Concurrency
import DataSets
import Errors
import Files
import Glibc
import Latents
import Skulls

/// What figures are drawn from, each read when it is first asked for.
final class FigureInputs {
  let file: FiguresFile
  let threads, memory: Int
  private var trainings: [String: TrainingResult] = [:]
  private var models: [String: Decoding] = [:]
  private var shown: [String: ShownCase] = [:]
  private var tables: [String: LatentTable] = [:]
  private var records: [String: FileRecord] = [:]

  init(_ file: FiguresFile, threads: Int, memory: Int) {
    (self.file, self.threads, self.memory) = (file, threads, memory)
  }

  /// The tables and models that were read, by path.
  var read: [FileRecord] { records.sorted { $0.key < $1.key }.map(\.value) }

  func training(_ path: String) throws -> TrainingResult {
    try known(&trainings, path) {
      let training = try TrainingResult(path)
      records[training.log.file.path] = training.log.file
      return training
    }
  }

  func model(_ path: String) throws -> Decoding {
    try known(&models, path) {
      let model = try Decoding(path, threads: threads, memory: memory)
      records[path] = FileRecord(
        path: path, bytes: model.loaded.byteCount, sha256: model.loaded.sha256)
      return model
    }
  }

  /// The skull that is shown of a folder, with the hole of a kind.
  func shown(in folder: String, kind: String) throws -> ShownCase {
    try known(&shown, "\(folder)/\(kind)") {
      let shown = try ShownCase(
        folder: folder, skull: file.data.skull, kind: kind, threads: threads)
      for path in shown.files { try record(path) }
      return shown
    }
  }

  func scores(_ path: String) throws -> [ScoreRows.Row] {
    let table = try ScoreRows(path)
    records[table.file.path] = table.file
    return table.rows
  }

  /// The latents of the complete skulls of a folder, and of those with the holes that are shown.
  func latents(of folder: String, by path: String) throws -> LatentTable {
    try known(&tables, "\(path) \(folder)") {
      var encoding = FolderEncoding(try LabelledFolder(folder), by: try model(path).loaded)
      (encoding.jobs, encoding.memory) = (threads, memory)
      let outcome = try encoding.run(until: CancellationToken(), finished: { _ in })
      if let failure = outcome.failures.first {
        throw Diagnostic(
          .badData, failure.path, field: "latents", expected: "skulls that can be encoded",
          found: failure.error, remedy: "remove the file, or make the population again")
      }
      // What `synth` says of all its volumes.
      let account = "\(folder)/population.json"
      if access(account, F_OK) == 0 { try record(account) }
      return outcome.table
    }
  }

  private func record(_ path: String) throws {
    let file = try InputFile(path)
    records[path] = FileRecord(path: path, bytes: file.size, sha256: try file.sha256())
  }

  private func known<Value>(
    _ values: inout [String: Value], _ key: String, _ make: () throws -> Value
  ) rethrows -> Value {
    if let value = values[key] { return value }
    let value = try make()
    values[key] = value
    return value
  }
}
