import Files
import Foundation
import Glibc

/// The outputs that the account of an earlier run lists in a folder.
///
/// A folder holds one case, whole: what an earlier run left there and this one does not make would be taken for the new
/// case's.
struct FormerOutputs: Sendable {
  private let folder: String
  private let files: [Account.Output]

  /// The parts of an account that say which files it made.
  private struct Account: Decodable {
    let cases: [Case]
    let dataSet: DataSet?

    struct DataSet: Decodable {}
    struct Case: Decodable {
      let name: String
      let outputs: [Output]
    }
    struct Output: Decodable {
      let file: String
      let sha256: String?
    }
  }

  /// What the account in a folder lists, of cases that this run also has; nothing where there is no account.
  ///
  /// - Parameter names: the cases of this run.
  init(in folder: String, beside names: [String]) {
    self.folder = folder
    guard let data = FileManager.default.contents(atPath: "\(folder)/run.json"),
      let account = try? JSONDecoder().decode(Account.self, from: data), account.dataSet == nil
    else {
      files = []
      return
    }
    // Several cases have a folder each: those of others are nothing to this run.
    let wasOne = account.cases.count == 1
    guard wasOne == (names.count == 1) else {
      files = []
      return
    }
    files = account.cases.filter { wasOne || names.contains($0.name) }.flatMap(\.outputs)
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
