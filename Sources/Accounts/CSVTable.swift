package import Errors
package import Files

/// A table that was read from comma-separated values: named columns of texts.
package struct CSVTable: Sendable {
  /// The file that it was read from, with the SHA-256 of its bytes.
  package let file: FileRecord
  package let columns: [String]
  /// The rows, each with as many fields as there are columns.
  package let rows: [[String]]

  /// The largest table that is read.
  private static let mostBytes = 1 << 28

  /// Reads a table.
  ///
  /// - Parameter needed: columns that it must have.
  /// - Throws: `Diagnostic` with file and line where it cannot be read, is larger than 256 MiB, lacks a column, or has a row of
  ///   another number of fields.
  package init(contentsOf path: String, with needed: [String]) throws(Diagnostic) {
    let file = try InputFile(path)
    guard file.size <= Self.mostBytes else {
      throw Diagnostic(
        .unreadable, path, field: "table",
        expected: "at most \(Diagnostic.megabytes(Self.mostBytes))",
        found: Diagnostic.megabytes(file.size), remedy: "name a table of this program")
    }
    let bytes = try file.bytes(at: 0, count: file.size)
    self.file = FileRecord(
      path: path, bytes: bytes.count, sha256: bytes.withUnsafeBytes { SHA256.hexDigest(of: $0) })
    let (all, isOpen) = CSVText.rows(String(decoding: bytes, as: UTF8.self))
    let columns = all.first?.fields ?? []
    if let missing = needed.first(where: { !columns.contains($0) }) {
      throw Diagnostic(
        .unreadable, path, at: Place(line: 1), field: "table", expected: "a column \(missing)",
        found: all.isEmpty ? "an empty file" : String(columns.joined(separator: ",").prefix(60)),
        remedy: "name a table of this program, such as scores.csv or log.csv")
    }
    if let wrong = all.first(where: { $0.fields.count != columns.count })
      ?? (isOpen ? all.last : nil)
    {
      throw Diagnostic(
        .unreadable, path, at: Place(line: wrong.line), field: "table",
        expected: counted(columns.count, "field"),
        found: isOpen ? "a quotation mark that is not closed" : "\(wrong.fields.count)",
        remedy: "the file was cut or changed; write it again")
    }
    (self.columns, rows) = (columns, all.dropFirst().map(\.fields))
  }

  /// The texts of a column, one a row.
  ///
  /// - Precondition: there is such a column.
  package func texts(_ column: String) -> [String] {
    let place = columns.firstIndex(of: column)!
    return rows.map { $0[place] }
  }

  /// The finite numbers of a column, one a row; nil where the field holds none.
  package func numbers(_ column: String) -> [Double?] {
    texts(column).map { Double($0).flatMap { $0.isFinite ? $0 : nil } }
  }
}
