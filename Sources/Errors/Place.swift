/// A line of a text file, and a column where that is known; both count from 1.
public struct Place: Hashable, Codable, Sendable {
  public var line: Int
  /// The column in Unicode scalars.
  public var column: Int?

  public init(line: Int, column: Int? = nil) { (self.line, self.column) = (line, column) }
}

extension Place: Comparable {
  /// Places compare in reading order; a line as a whole comes before its columns.
  public static func < (a: Place, b: Place) -> Bool {
    (a.line, a.column ?? 0) < (b.line, b.column ?? 0)
  }
}

extension Place: CustomStringConvertible {
  /// `LINE` or `LINE:COLUMN`.
  public var description: String { column.map { "\(line):\($0)" } ?? "\(line)" }
}
