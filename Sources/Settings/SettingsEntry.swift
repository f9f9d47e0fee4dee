public import Errors

/// A key of a mapping in a settings file, with its value.
public struct SettingsEntry<Value> {
  public var key: String
  public var place: Place
  public var value: Value

  public init(key: String, place: Place, value: Value) {
    (self.key, self.place, self.value) = (key, place, value)
  }
}

extension SettingsEntry: Sendable where Value: Sendable {}

/// One text of a settings file, or a list of texts; types come from declarations, not from YAML.
public struct SettingsText: Sendable {
  /// One text, or the elements of the list.
  public var texts: [String]
  /// Whether it was written as a list.
  public var isList: Bool
  public var place: Place
  /// The option that set it, such as `--set`; nil: it stands in the file.
  public var origin: String?

  public init(texts: [String], isList: Bool, place: Place, origin: String? = nil) {
    (self.texts, self.isList, self.place, self.origin) = (texts, isList, place, origin)
  }

  /// The value of a change, at the place of what it replaces.
  public init(_ change: Override, at place: Place) {
    self.init(
      texts: change.texts, isList: change.isList, place: place, origin: change.origin)
  }

  /// The text, for errors.
  public var quoted: String {
    isList ? "[\(texts.joined(separator: ", "))]" : texts[0].isEmpty ? "nothing" : texts[0]
  }
}
