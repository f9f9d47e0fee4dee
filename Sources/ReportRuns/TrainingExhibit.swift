import Accounts
import Errors
import Files
import Foundation
import ModelTraining
import Reports

/// A training that has ended, as its folder tells it.
struct TrainingExhibit {
  private let folder: String
  /// Nil: it was killed before it could write one.
  private let account: Account?

  /// What of `run.json` is shown.
  private struct Account: Decodable {
    var program: Program
    var started: String
    var status: RunAccount.Status
    var error: String?
    var warnings: [String]
    var training: Training
    var data: Data
    var outputs: [Output]

    struct Program: Decodable { var version: String }
    struct Training: Decodable {
      var name: String
      var configuration: [String: String]
    }
    struct Data: Decodable {
      var classes: [String]
      var trainingSkulls, validationSkulls: Int
    }
    struct Output: Decodable {
      var file: String
      var bytes: Int
      var sha256: String
    }
  }

  /// The newest form of a training's account that is known.
  private static let formatVersion = 1

  /// Nil where the folder's `run.json` is not that of a training.
  ///
  /// - Throws: `Diagnostic` where it is of a newer program.
  init?(of folder: String) throws {
    let path = "\(folder)/run.json"
    guard access(path, F_OK) == 0 else {
      let marks = [TrainingLog.jsonName, TwoStageTrainer.lastCheckpoint]
      guard marks.allSatisfy({ access("\(folder)/\($0)", F_OK) == 0 }) else { return nil }
      (self.folder, account) = (folder, nil)
      return
    }
    guard let file = try? InputFile(path), file.size < 1 << 24,
      let bytes = try? file.bytes(at: 0, count: file.size)
    else { return nil }
    struct Mark: Decodable {
      struct Training: Decodable { var name: String }
      var formatVersion: Int
      var training: Training
    }
    let data = Foundation.Data(bytes)
    guard let mark = try? JSONDecoder().decode(Mark.self, from: data) else { return nil }
    guard mark.formatVersion <= Self.formatVersion else {
      throw Diagnostic(
        .newerVersion, path, field: "formatVersion", expected: "at most \(Self.formatVersion)",
        found: "\(mark.formatVersion)",
        remedy: "it was written by a newer calvaria; update the program")
    }
    do { account = try JSONDecoder().decode(Account.self, from: data) } catch {
      throw Diagnostic(
        .malformed, path, field: "run.json", expected: "the account of a training",
        found: "another form",
        remedy: "train again with --resume, which writes it anew")
    }
    self.folder = folder
  }

  /// The page of a training that does not run, made of the log and the pictures that lie in the folder.
  ///
  /// - Throws: `Diagnostics` while the training runs: its page is its own.
  func page(title: String?) throws -> [UInt8] {
    let lock = try FolderLock(folder, for: "training")
    defer { withExtendedLifetime(lock) {} }
    guard let account else {
      let name = folder.split(separator: "/").last.map(String.init) ?? folder
      var report = TrainingReport(
        name: title ?? name, state: .stopped, epochs: try TrainingLog.records(in: folder),
        program: "of an unknown version")
      report.reconstructions = TrainingReport.pictures(of: report.epochs, in: folder)
      report.warnings = [
        "there is no run.json: the training was killed; `calvaria train --resume` goes on with it"
      ]
      return try report.html()
    }
    let state: TrainingReport.State =
      switch account.status {
      case .completed: .finished
      case .failed: .failed(account.error ?? "the account gives no reason")
      default: .stopped
      }
    var report = TrainingReport(
      name: title ?? account.training.name, state: state,
      epochs: try TrainingLog.records(in: folder), program: account.program.version)
    report.reconstructions = TrainingReport.pictures(of: report.epochs, in: folder)
    report.isHeldBack = account.data.validationSkulls > 0
    report.settings = account.training.configuration
    report.skulls = (account.data.trainingSkulls, account.data.validationSkulls)
    report.classes = account.data.classes
    report.warnings = account.warnings
    report.started = account.started
    report.outputs = account.outputs.map {
      FileRecord(path: $0.file, bytes: $0.bytes, sha256: $0.sha256)
    }
    return try report.html()
  }
}
