public import Errors

/// A key of a mapping in a settings file, with what stands behind it.
public struct SettingsEntry<Value> {
  public var key: String
  /// Where the key stands.
  public var place: Place
  /// What stands behind it.
  public var value: Value

  /// An entry.
  public init(key: String, place: Place, value: Value) {
    (self.key, self.place, self.value) = (key, place, value)
  }
}

extension SettingsEntry: Sendable where Value: Sendable {}

/// One text of a settings file, or a list of texts; types come from declarations, not from YAML.
public struct SettingsText: Sendable {
  /// The text, or the elements of the list.
  public var texts: [String]
  /// Whether it was written as a list.
  public var isList: Bool
  /// Where it stands.
  public var place: Place

  /// A text, or a list of them.
  public init(texts: [String], isList: Bool, place: Place) {
    (self.texts, self.isList, self.place) = (texts, isList, place)
  }

  /// The text as errors quote it.
  public var quoted: String {
    isList ? "[\(texts.joined(separator: ", "))]" : texts[0].isEmpty ? "nothing" : texts[0]
  }
}
