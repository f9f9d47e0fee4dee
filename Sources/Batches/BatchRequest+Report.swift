import Files
import Reports

extension BatchRequest {
  /// Adds the page of the batch to its accounts. The pipeline must write thumbnails, for a page with pictures.
  ///
  /// - Parameter title: the page's title; nil: the name of the data set.
  public mutating func writesReport(titled title: String?) {
    let folder = folder
    // Before the last file, run.json, which says that all is there.
    accountFiles.insert(
      AccountFile(BatchReport.fileName) { account, path in
        try AtomicFile.write(
          BatchReport(of: account.run, in: folder, title: title).html(), to: path)
      }, at: max(0, accountFiles.count - 1))
  }
}

extension BatchRun {
  /// Writes the account files, and removes the page of an earlier run where this one has none.
  ///
  /// - Throws: `Diagnostic` if one cannot be written.
  func write(_ account: BatchAccount) throws {
    if !account.fileNames.contains(BatchReport.fileName) {
      _ = PageFile.removeIfOurs("\(folder.path)/\(BatchReport.fileName)")
    }
    for file in request.accountFiles {
      try file.write(account, "\(folder.path)/\(file.name)")
    }
  }
}
