public import Errors

/// A setting that is changed from outside its file, such as by `--set threshold=300`.
public struct Override: Hashable, Sendable {
  public var name: String
  /// The new value, or the elements of a list.
  public var texts: [String]
  /// Whether it was written as a list, `[1, 2, 3]`.
  public var isList: Bool
  /// Where it came from, such as `--set`, for errors.
  public var origin: String

  /// Reads `name=value` or `name=[a, b, c]`.
  ///
  /// - Throws: ``Diagnostics`` if there is no `=` or no name.
  public init(parsing text: String, origin: String = "--set") throws(Diagnostics) {
    guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
      throw Diagnostics([
        Diagnostic(
          .configuration, origin, field: "parameter", expected: "NAME=VALUE", found: text,
          remedy: "write, for example, \(origin) threshold=300")
      ])
    }
    name = String(text[..<equals])
    let value = String(text[text.index(after: equals)...])
    if value.hasPrefix("["), value.hasSuffix("]") {
      texts = value.dropFirst().dropLast().split(separator: ",").map {
        String($0.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
      }
      isList = true
      if texts.isEmpty { texts = [""] }
    } else {
      texts = [value]
      isList = false
    }
    self.origin = origin
  }
}
