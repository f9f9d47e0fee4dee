import Files
import Foundation
import Testing

@testable import Reports

@Suite struct PageTests {
  private func text(_ page: Page) -> String { String(decoding: page.html, as: UTF8.self) }

  /// The content of the policy of a page.
  private func policy(_ page: String) throws -> String {
    let start = try #require(page.range(of: "Content-Security-Policy\" content=\""))
    return String(page[start.upperBound...].prefix { $0 != "\"" })
  }

  @Test func thePolicyAllowsThePagesOwnScriptsAndNothingElse() throws {
    let script = "document.title = 'x';"
    var page = Page(kind: "Report", title: "t", content: "<p>x</p>")
    page.scripts = [script]
    let policy = try policy(text(page))
    let digest = Array(script.utf8).withUnsafeBytes { SHA256.digest(of: $0) }
    #expect(policy.contains("default-src &#39;none&#39;"))
    #expect(
      policy.contains("script-src &#39;sha256-\(Data(digest).base64EncodedString())&#39; blob:"))
    #expect(!policy.contains("unsafe"))
    #expect(!policy.contains("http"))
  }

  @Test func aPageWithoutScriptsAllowsNone() throws {
    #expect(
      !(try policy(text(Page(kind: "Report", title: "t", content: ""))).contains("script-src")))
  }

  @Test func theDigestIsThatOfTheStyleBetweenTheTags() throws {
    let page = text(Page(kind: "Report", title: "t", content: ""))
    let start = try #require(page.range(of: "<style>")).upperBound
    let end = try #require(page.range(of: "</style>")).lowerBound
    let digest = Array(page[start..<end].utf8).withUnsafeBytes { SHA256.digest(of: $0) }
    #expect(try policy(page).contains("sha256-\(Data(digest).base64EncodedString())"))
  }

  @Test func noTextEndsAnElementOfData() throws {
    let json = try Page.json(["name": "</script><script>alert(1)</script>"])
    #expect(!json.contains("<"))
    let back = try JSONDecoder().decode([String: String].self, from: Data(json.utf8))
    #expect(back["name"] == "</script><script>alert(1)</script>")
  }

  @Test func loadsNothingFromElsewhere() {
    var page = Page(kind: "Report", title: "t", content: "<p>x</p>")
    page.scripts = [ViewerScript.source, TableScript.source]
    for address in ["http:", "https:", "//cdn", "src=\"/", "@import", "url("] {
      #expect(!text(page).contains(address), "\(address)")
    }
  }
}
