import Accounts

/// The data that a figure is drawn from, as it stands beside it: `NAME.csv`.
struct DataTable {
  let columns: [String]
  private(set) var rows: [[String]] = []

  init(_ columns: String...) { self.columns = columns }

  init(columns: [String]) { self.columns = columns }

  /// Adds a row; the cells stand in the order of the columns.
  mutating func add(_ cells: any Cell...) {
    precondition(cells.count == columns.count, "a row of another length")
    rows.append(cells.map(\.cell))
  }

  mutating func add(cells: [any Cell]) {
    precondition(cells.count == columns.count, "a row of another length")
    rows.append(cells.map(\.cell))
  }

  var csv: String {
    // gnuplot ends a row at every end of line, and a text at every quote.
    let plain = rows.map { row in
      row.map { cell in String(cell.map { $0.isNewline ? " " : $0 == "\"" ? "'" : $0 }) }
    }
    return ([columns] + plain).map { $0.map(CSVText.quoted).joined(separator: ",") + "\n" }.joined()
  }

  /// What may stand in a cell.
  protocol Cell {
    var cell: String { get }
  }
}

extension String: DataTable.Cell {
  var cell: String { self }
}

extension Int: DataTable.Cell {
  var cell: String { "\(self)" }
}

extension Double: DataTable.Cell {
  /// As many digits as it takes to read it back; empty where it is no finite number.
  var cell: String { isFinite ? "\(self)" : "" }
}

extension Optional: DataTable.Cell where Wrapped: DataTable.Cell {
  var cell: String { self?.cell ?? "" }
}
