import Accounts
import Files
import Glibc
import Reports

/// The outputs of an earlier run in a folder.
///
/// A folder holds one case, whole: what an earlier run left there and this one does not make would be taken for the new
/// case's.
struct FormerOutputs: Sendable {
  private let folder: String
  private let files: [ListedOutputs.Output]
  /// The pages of the cases of this run, where an earlier run, or `calvaria report`, may have left one.
  private let pages: [String]

  /// What the account in a folder lists, of cases that this run also has; nothing where there is no account that can
  /// be read.
  ///
  /// - Parameter names: the cases of this run.
  init(in folder: String, beside names: [String]) {
    self.folder = folder
    // Several cases have a folder each: those of others are nothing to this run.
    let isOne = names.count == 1
    guard let listed = try? ListedOutputs(in: folder), !listed.isBatch,
      (listed.cases.count == 1) == isOne
    else {
      (files, pages) = ([], [])
      return
    }
    pages = isOne ? [CaseReport.fileName] : names.map { "\($0)/\(CaseReport.fileName)" }
    files = listed.cases.filter { isOne || names.contains($0.name) }.flatMap(\.outputs)
  }

  /// Removes pages of an earlier run, which `calvaria report` writes anew without listing them; those that were changed
  /// since stay.
  ///
  /// - Parameter made: the files of this run, as accounts name them.
  /// - Returns: the pages that are gone.
  func removePages(except made: Set<String>) -> [String] {
    pages.filter { !made.contains($0) && PageFile.removeIfOurs("\(folder)/\($0)") }
  }

  /// Removes the files that this run has not made, where their bytes are still those that are listed.
  ///
  /// - Parameter made: the files of this run, as accounts name them.
  /// - Returns: the files that are gone.
  func remove(except made: Set<String>) -> [String] {
    files.filter { output in
      let parts = output.file.split(separator: "/", omittingEmptySubsequences: false)
      guard !made.contains(output.file), let sha256 = output.sha256,
        !parts.contains(where: { $0.isEmpty || $0 == ".." })
      else { return false }
      let path = "\(folder)/\(output.file)"
      var status = stat()
      guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
        (try? InputFile(path).sha256()) == sha256
      else { return false }
      return unlink(path) == 0
    }.map(\.file)
  }
}
