import Accounts
import Errors
import Evaluation
import Files
import Foundation

/// The scores of cases, from a `scores.csv`.
struct ScoreRows {
  let file: FileRecord
  let rows: [Row]

  struct Row {
    var name, kind: String
    /// Nil where a score cannot be formed.
    var dsc, bdsc, hd95, hd: Double?
    var status: String
  }

  /// - Parameter path: a table of scores, or the folder that it is in.
  init(_ path: String) throws(Diagnostic) {
    var isFolder: ObjCBool = false
    let isThere = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    let path = isThere && isFolder.boolValue ? "\(path)/\(ScoreTable.fileName)" : path
    let table = try CSVTable(
      contentsOf: path, with: ["case", "kind", "dsc", "bdsc", "hd95", "hd", "status"])
    file = table.file
    let (names, kinds, statuses) = (
      table.texts("case"), table.texts("kind"), table.texts("status")
    )
    let numbers = ["dsc", "bdsc", "hd95", "hd"].map { table.numbers($0) }
    rows = names.indices.map { row in
      Row(
        name: names[row], kind: kinds[row], dsc: numbers[0][row], bdsc: numbers[1][row],
        hd95: numbers[2][row], hd: numbers[3][row], status: statuses[row])
    }
  }
}
