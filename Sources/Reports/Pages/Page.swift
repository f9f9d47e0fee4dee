import Files
import Foundation

/// A page in one file: it opens from a disk without a network, and loads nothing from anywhere.
///
/// Its content-security policy allows the styles and scripts that it is written with, by their SHA-256, modules that these
/// unpack (`blob:`), and pictures that are in it; nothing else is run or loaded, whatever text the page holds.
struct Page {
  /// What sort of page it is, such as `Batch report`.
  var kind: String
  var title: String
  /// When and by what it was made.
  var made: Markup = ""
  /// What stands between the header and the footer, which both say that the page needs review.
  var content: Markup
  /// What stands below the content.
  var footnote = ""
  /// Scripts of the program, in their order; never text from outside.
  var scripts: [String] = []
  /// Data for scripts, by the `id` of their element.
  var data: [(id: String, type: String, text: String)] = []
  /// A digest of what the page is about, by which a page of an earlier run is told; empty: none.
  var about = ""

  private static let notice = "Not for clinical use without review."

  /// What pages of this program are known by.
  static let generator = "<meta name=\"generator\" content=\"Calvaria\">"

  /// The bytes of the file, UTF-8.
  var html: [UInt8] {
    let policy = [
      "default-src 'none'",
      "style-src '\(Self.hash(PageStyle.css))'",
      scripts.isEmpty
        ? "" : "script-src \(scripts.map { "'\(Self.hash($0))'" }.joined(separator: " ")) blob:",
      "img-src data: blob:", "base-uri 'none'", "form-action 'none'",
    ].filter { !$0.isEmpty }.joined(separator: "; ")
    var page: Markup = """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      \(Markup(stringLiteral: Self.generator))
      <meta name="calvaria-outputs" content="\(about)">
      <meta http-equiv="Content-Security-Policy" content="\(policy)">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <title>\(title) – \(kind.lowercased())</title>
      <style>\(Markup(stringLiteral: PageStyle.css))</style>
      </head>
      <body>
      <a class="skip" href="#content">Skip to the content</a>
      <header>
      <p>\(kind)</p>
      <h1>\(.name(title))</h1>
      <p>\(made)</p>
      </header>
      <p class="notice" role="note">\(Self.notice)</p>
      <main id="content">
      \(content)
      </main>
      <footer><p>\(Self.notice) \(footnote)</p></footer>

      """
    for item in data {
      // Base64 and JSON without `<` hold nothing that ends the element.
      page +=
        "<script type=\"\(item.type)\" id=\"\(item.id)\">\(Markup(stringLiteral: item.text))</script>\n"
    }
    for script in scripts { page += "<script>\(Markup(stringLiteral: script))</script>\n" }
    page += "</body>\n</html>\n"
    return PageFile.sealed(Array(page.source.utf8))
  }

  /// The text of bytes in base64.
  static func base64(_ bytes: some Collection<UInt8>) -> String {
    Data(bytes).base64EncodedString()
  }

  /// A value as JSON that may stand in a script element: `<` is escaped.
  static func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
      .replacingOccurrences(of: "<", with: "\\u003c")
  }

  /// The hash of a style or a script, as a policy names it.
  private static func hash(_ text: String) -> String {
    let digest = Array(text.utf8).withUnsafeBytes { SHA256.digest(of: $0) }
    return "sha256-\(base64(digest))"
  }
}
