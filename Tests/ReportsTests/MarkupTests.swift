import Testing

@testable import Reports

@Suite struct MarkupTests {
  @Test func textIsEscapedAndMarkupIsNot() {
    let name = "<script>alert(\"1\" & '2')</script>"
    let cell: Markup = "<td>\(name)</td>"
    #expect(
      cell.source
        == "<td>&lt;script&gt;alert(&quot;1&quot; &amp; &#39;2&#39;)&lt;/script&gt;</td>")
    let row: Markup = "<tr>\(cell)\([cell, cell])\(3)</tr>"
    #expect(row.source == "<tr>\(cell.source)\(cell.source)\(cell.source)3</tr>")
  }

  @Test func whatTurnsOrHidesTextIsShownAsAMark() {
    let text: Markup = "\("a\u{202E}b\u{0}c\u{2066}d\u{9}e\u{A}f")"
    #expect(text.source == "a\u{FFFD}b\u{FFFD}c\u{FFFD}d e f")
  }

  @Test func aNameIsShownApartFromTheTextAroundIt() {
    let line: Markup = "case \(.name("שלום & co"))."
    #expect(line.source == "case <bdi>שלום &amp; co</bdi>.")
  }

  @Test func addressesOfFilesAreNoOtherAddresses() {
    #expect(BatchReport.address(of: "javascript:alert(1)") == "./javascript%3Aalert%281%29")
    #expect(BatchReport.address(of: "mesh/a b#c?.stl") == "./mesh/a%20b%23c%3F.stl")
    #expect(BatchReport.address(of: "//elsewhere/x") == ".///elsewhere/x")
  }

  @Test func figuresAreRoundedAndADashWhereThereIsNone() {
    #expect(Figures.text(12.345, "cm²") == "12.3 cm²")
    #expect(Figures.text(-0.26, digits: 1) == "−0.3")
    #expect(Figures.text(nil, "mm") == "–")
    #expect(Figures.text(.nan) == "–")
    #expect(Figures.bytes(9_999) == "9999 bytes")
    #expect(Figures.bytes(123_456) == "123 kB")
    #expect(Figures.seconds(185) == "3 min 5 s")
  }
}
