import Foundation
import TestSupport
import Testing

/// A few of the files that `Tests/Conformance/kinds.py` draws; `make conformance` draws a hundred by the date.
@Suite struct DrawnKindsTests {
  /// The Python of the path; nil where there is none.
  static let python = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map
  {
    "\($0)/python3"
  }.first(where: FileManager.default.isExecutableFile)

  @Test(.enabled(if: python != nil)) func eachIsRightOrRefusedWithARemedy() throws {
    let folder = TemporaryFolder()
    let output = try folder.handle("output")
    let process = Process()
    process.executableURL = URL(filePath: try #require(Self.python))
    process.arguments = [
      Calvaria.root + "/Tests/Conformance/kinds.py", Calvaria.path, "--count", "12", "--seed",
      "20261130",
    ]
    process.standardOutput = output
    process.standardError = output
    try process.run()
    process.waitUntilExit()
    let text = try String(contentsOfFile: "\(folder.path)/output", encoding: .utf8)
    #expect(process.terminationStatus == 0, "\(text)")
    #expect(text.hasSuffix("0 wrong\n"))
  }
}
