import Errors
import Foundation
import TensorFiles
import Testing

/// The files that `Fixtures/make-fixtures.py` wrote with torch 2.13.0, numpy 2.4.6 and
/// safetensors 0.8.0.
enum Fixtures {
  static let folder =
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/Fixtures"

  static func path(_ name: String) -> String { "\(folder)/\(name)" }

  static func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: path(name))))
  }

  /// What the script calls `ramp`: −1, −⅞, −¾ …
  static func ramp(_ count: Int) -> [Float] { (0..<count).map { Float($0) / 8 - 1 } }
}

/// The code of the error that `body` must throw.
func code(_ body: () throws -> some Any) -> Diagnostic.Code? {
  do {
    _ = try body()
    return nil
  } catch let error as Diagnostic {
    // The contract's form: one line, all four parts.
    let text = error.description
    #expect(text.contains(": expected ") && text.contains(", found ") && text.contains("; "))
    #expect(!text.contains("\n") && !error.remedy.isEmpty && !error.expected.isEmpty)
    return error.code
  } catch {
    Issue.record("\(error) is no Diagnostic")
    return nil
  }
}
