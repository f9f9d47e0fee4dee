import Dataflow
import Foundation
import Stages
import Testing

/// The stages that pipeline files can name.
@Suite struct StandardStagesTests {
  private static let root = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }

  @Test func theReadmeListsEveryStageOnce() throws {
    let text = try String(contentsOfFile: "\(Self.root)/README.md", encoding: .utf8)
    let rows = text.split(separator: "\n").drop { !$0.hasPrefix("| stage |") }.dropFirst(2)
      .prefix { $0.hasPrefix("|") }
    let listed = rows.map { String($0.split(separator: "`")[1]) }
    #expect(listed.sorted() == Registries.standard.stages.entries.keys.sorted())
  }
}
