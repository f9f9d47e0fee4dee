import DataSets

/// A layout of data sets that `batch` recognises, and `--layout` names.
public struct LayoutReference: ReferenceEntry {
  public let name: String
  /// The name of the set.
  public let title: String
  /// What a folder of this layout holds.
  public let folders: String

  public var summary: String { "\(title): \(folders)" }

  /// The layouts of data sets that `batch` and `evaluate` recognise.
  public static var list: ReferenceList<LayoutReference> {
    ReferenceList(
      noun: "layout",
      entries: DataSetLayout.allCases.map {
        LayoutReference(name: $0.rawValue, title: $0.title, folders: $0.expectation)
      })
  }

  public var lines: [String] {
    [
      "\(name): \(title)", "", "a folder with \(folders)", "",
      "calvaria batch FOLDER --layout \(name) -o OUT",
    ]
  }
}
