import Accounts
import Errors
import Foundation
import Testing

@Suite struct CSVTableTests {
  private func table(_ text: String, with needed: [String] = ["a"]) throws -> CSVTable {
    let path = "/tmp/calvaria-csv-\(UUID().uuidString).csv"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data(text.utf8).write(to: URL(filePath: path))
    return try CSVTable(contentsOf: path, with: needed)
  }

  private func message(_ text: String) -> String {
    do {
      _ = try table(text)
      return ""
    } catch { return "\(error)" }
  }

  @Test func whatIsQuotedComesBack() throws {
    for text in [
      "plain", "", "a,b", "say \"no\"", "two\nlines", "two\r\nlines", "\"", "\"\"", "é,ü",
    ] {
      let read = try table("a,b\n\(CSVText.quoted(text)),1\n")
      #expect(read.rows == [[text, "1"]], "\(text)")
    }
  }

  @Test func tablesOfOtherSystemsAreRead() throws {
    let read = try table("\u{FEFF}a,b\r\n1,x\r\n,y\r\n\r\n")
    #expect(read.columns == ["a", "b"] && read.rows == [["1", "x"], ["", "y"]])
    #expect(read.numbers("a") == [1, nil] && read.texts("b") == ["x", "y"])
    #expect(try table("a\n1e400\nnan\n2").numbers("a") == [nil, nil, 2])
  }

  @Test func mistakesAreToldWithTheirLine() {
    #expect(message("").contains("found an empty file"))
    #expect(message("b,c\n1,2\n").contains("expected a column a, found b,c"))
    #expect(message("a,b\n1,2\n\"x\ny\",2\n3\n").contains(":5: table: expected 2 fields, found 1"))
    #expect(message("a,b\n1,\"2\n").contains("a quotation mark that is not closed"))
  }
}
