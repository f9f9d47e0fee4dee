import Accounts
import Errors
import Files
import Reports
public import VolumeIO

/// `calvaria report`: the pages of a run that has ended, made from its folder.
public struct ReportRun: Sendable {
  /// The folder of a run.
  public var folder: String
  /// The title of the page; nil: the name of the case.
  public var title: String?

  public init(_ folder: String) { self.folder = folder }

  /// A page that was written.
  public struct Written: Sendable {
    public let path: String
    public let bytes: Int
    /// What is not on it, one sentence each.
    public let warnings: [String]
  }

  /// Of a batch: the cases whose own pages are written, by name; empty: the page of the batch.
  public var only: [String] = []

  /// Writes the page of a training, or a page for each case of the run, beside its other files; of a batch the page of the batch, or those of the
  /// cases that are named.
  ///
  /// - Throws: `Diagnostic` where the folder holds no run or no such case, or a page cannot be written.
  public func run(reading: ReadOptions, threads: Int) throws -> [Written] {
    if let training = try TrainingExhibit(of: folder) {
      return [try write(training.page(title: title), to: TrainingReport.fileName, warnings: [])]
    }
    let run: RunAccount = try RunAccount.read(in: folder)
    if run.dataSet != nil, only.isEmpty {
      let page = BatchReport(of: run, in: folder, title: title).html()
      return [try write(page, to: BatchReport.fileName, warnings: [])]
    }
    // A name is a part of the path that its page is written to.
    for name in run.cases.map(\.name)
    where name.split(separator: "/", omittingEmptySubsequences: false)
      .contains(where: { $0.isEmpty || $0 == "." || $0 == ".." })
    {
      throw Diagnostic(
        .unreadable, "\(folder)/run.json", field: "cases.name", expected: "the name of a case",
        found: name, remedy: "name the folder of a run that calvaria wrote")
    }
    for name in only where !run.cases.contains(where: { $0.name == name }) {
      throw Diagnostic(
        .configuration, "\(folder)/run.json", field: "--only", expected: "the name of a case",
        found: name,
        remedy: nearestName(to: name, among: run.cases.map(\.name)).map { "did you mean \($0)?" }
          ?? "correct the name")
    }
    return try run.cases.filter { only.isEmpty || only.contains($0.name) }.map { record in
      let shown = CaseExhibit(
        of: record, in: run, folder: folder, reading: reading, threads: threads)
      var record = record
      record.warnings += shown.warnings
      let page = try CaseReport(of: record, in: run, showing: shown.exhibit, title: title).html()
      let name =
        run.dataSet != nil
        ? "\(BatchReport.pages)/\(record.name).html"
        : run.cases.count == 1 ? CaseReport.fileName : "\(record.name)/\(CaseReport.fileName)"
      return try write(page, to: name, warnings: shown.warnings)
    }
  }

  private func write(_ page: [UInt8], to name: String, warnings: [String]) throws -> Written {
    let path = "\(folder)/\(name)"
    if let slash = name.lastIndex(of: "/") { try Folders.make("\(folder)/\(name[..<slash])") }
    try AtomicFile.write(page, to: path)
    return Written(path: path, bytes: page.count, warnings: warnings)
  }
}
