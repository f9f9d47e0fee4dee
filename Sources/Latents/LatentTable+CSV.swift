import Accounts
internal import Completion
import Errors
import Files
import Foundation
import TensorFiles

extension LatentTable {
  /// The name of the table in a folder that `latent encode` writes.
  public static let fileName = "latents.csv"

  /// The table as comma-separated values: `case,class,mu_0,…,sigma_0,…`, each number with as many
  /// digits as it takes to read it back exactly.
  public var csv: String {
    let header =
      ["case", "class"] + (0..<latentSize).map { "mu_\($0)" }
      + (0..<latentSize).map { "sigma_\($0)" }
    var lines = [header.joined(separator: ",")]
    for row in rows {
      let fields =
        [CSVText.quoted(row.name.onOneLine), CSVText.quoted(row.className.onOneLine)]
        + row.mean.map { "\($0)" }
        + row.sigma.map { "\($0)" }
      lines.append(fields.joined(separator: ","))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The table as NumPy reads it: rows × 2·dimensions, μ before σ.
  ///
  /// - Throws: `Diagnostic` where it cannot be written.
  public func writeNPY(to path: String) throws {
    try NPY.write(
      rows.flatMap { $0.mean + $0.sigma }, rows: rows.count, columns: 2 * latentSize, to: path)
  }

  /// Reads a table, or the one in a folder that `latent encode` wrote.
  ///
  /// - Throws: `Diagnostic` with line and column where it is no such table; `Diagnostic` for
  ///   numbers that cannot be.
  public init(contentsOf path: String) throws {
    var isFolder: ObjCBool = false
    let path =
      FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
      ? "\(path)/\(Self.fileName)" : path
    let file = try InputFile(path)
    guard file.size <= 1 << 30 else {
      throw Diagnostic(
        .unreadable, path, field: "table", expected: "at most 1 GiB", found: "\(file.size) bytes",
        remedy: "split the folder")
    }
    let text = String(decoding: try file.bytes(at: 0, count: file.size), as: UTF8.self)
    func wrong(_ line: Int, _ expected: String, _ found: String) -> Diagnostic {
      Diagnostic(
        .unreadable, path, at: Place(line: line), field: "table", expected: expected,
        found: String(found.prefix(60)),
        remedy: "name a table that `calvaria latent encode` wrote")
    }
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
      .map {
        (
          number: $0.offset + 1,
          text: $0.element.hasSuffix("\r") ? $0.element.dropLast() : $0.element
        )
      }
    while lines.last?.text.isEmpty == true { lines.removeLast() }
    guard let header = lines.first else { throw wrong(1, "a header", "an empty file") }
    let names = CSVText.fields(header.text) ?? []
    let size = (names.count - 2) / 2
    guard names.count >= 4, names.count % 2 == 0, names.prefix(2) == ["case", "class"],
      names[2...].elementsEqual(
        (0..<size).map { "mu_\($0)" } + (0..<size).map { "sigma_\($0)" })
    else {
      throw wrong(
        1, "case,class,mu_0,…,sigma_0,…", header.text.isEmpty ? "nothing" : "\(header.text)")
    }
    let rows = try lines.dropFirst().map { line in
      guard let fields = CSVText.fields(line.text), fields.count == names.count else {
        throw wrong(line.number, "\(names.count) fields", "\(line.text)")
      }
      let numbers = try fields.dropFirst(2).map { field in
        guard let number = Float(field), number.isFinite else {
          throw wrong(line.number, "numbers", field)
        }
        return number
      }
      return Row(
        name: fields[0], className: fields[1], mean: Array(numbers.prefix(size)),
        sigma: Array(numbers.suffix(size)))
    }
    try self.init(latentSize: size, rows: rows)
  }
}

extension String {
  /// Ends of lines as spaces: a line is a row of these tables.
  var onOneLine: String { String(map { $0.isNewline ? " " : $0 }) }
}
