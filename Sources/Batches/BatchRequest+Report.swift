import Files
import Reports

extension BatchRequest {
  /// Adds the page of the batch to its accounts. The pipeline must write thumbnails, for a page with pictures.
  ///
  /// - Parameter title: the page's title; nil: the name of the data set.
  public mutating func writesReport(titled title: String?) {
    page = Page(title: title)
    accountFiles.add(page!, of: folder)
  }
}

extension [AccountFile] {
  /// Adds the page of a batch, before the last file, run.json, which says that all is there.
  ///
  /// - Parameter folder: of the batch.
  mutating func add(_ page: BatchRequest.Page, of folder: String) {
    insert(
      AccountFile(BatchReport.fileName) { account, path in
        try AtomicFile.write(
          BatchReport(of: account.run, in: folder, title: page.title).html(), to: path)
      }, at: Swift.max(0, count - 1))
  }
}

extension [AccountFile] {
  /// Writes the files into the folder of a batch, and removes the page of an earlier run where there is none now.
  ///
  /// - Throws: `Diagnostic` if one cannot be written.
  func write(_ account: BatchAccount, into folder: String) throws {
    if !contains(where: { $0.name == BatchReport.fileName }) {
      _ = PageFile.removeIfOurs("\(folder)/\(BatchReport.fileName)")
    }
    for file in self { try file.write(account, "\(folder)/\(file.name)") }
  }
}
