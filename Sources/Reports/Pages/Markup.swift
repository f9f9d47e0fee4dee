/// A piece of HTML.
///
/// What stands in a literal is markup; text that is interpolated is escaped, so that no name, whatever it holds, becomes
/// markup: `"<td>\(name)</td>"`. Markup that is interpolated stays markup.
public struct Markup: ExpressibleByStringInterpolation, Hashable, Sendable {
  /// HTML whose interpolated texts are escaped.
  public private(set) var source: String

  public init(stringLiteral source: String) { self.source = source }

  public init(stringInterpolation: StringInterpolation) { source = stringInterpolation.source }

  public struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var source = ""

    public init(literalCapacity: Int, interpolationCount: Int) {
      source.reserveCapacity(literalCapacity + 16 * interpolationCount)
    }

    public mutating func appendLiteral(_ literal: String) { source += literal }
    public mutating func appendInterpolation(_ text: String) { source += Markup.escaped(text) }
    public mutating func appendInterpolation(_ number: Int) { source += "\(number)" }
    public mutating func appendInterpolation(_ markup: Markup) { source += markup.source }
    public mutating func appendInterpolation(_ pieces: [Markup]) {
      for piece in pieces { source += piece.source }
    }
  }

  public static func + (a: Markup, b: Markup) -> Markup { "\(a)\(b)" }
  public static func += (a: inout Markup, b: Markup) { a.source += b.source }

  /// A name that comes from outside: shown apart from the text around it, so that one in a script from right to left does
  /// not change the order of what follows.
  public static func name(_ text: String) -> Markup { "<bdi>\(text)</bdi>" }

  /// Text, with what HTML takes for markup escaped. Characters that are not to be seen and change what is seen (controls,
  /// such as those that turn the direction of writing) become U+FFFD.
  static func escaped(_ text: String) -> String {
    var escaped = ""
    escaped.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      case "\n", "\t": escaped += " "
      case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{200E}"..."\u{200F}",
        "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}", "\u{FFFE}"..."\u{FFFF}":
        escaped.unicodeScalars.append("\u{FFFD}")
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}
