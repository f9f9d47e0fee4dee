import Errors
import Foundation
import TestSupport
import Testing

@testable import Batches

/// What a later program wrote is refused with a code of its own.
@Suite struct NewerFormatTests {
  private func code(_ body: () throws -> Void) throws -> Diagnostic.Code {
    try #require(#expect(throws: Diagnostic.self) { try body() }).code
  }

  @Test func journal() throws {
    let folder = TemporaryFolder()
    let path = folder.write("{\"format\":{\"_0\":2}}\n".utf8, "journal.jsonl")
    #expect(try code { _ = try BatchJournal(path) } == .newerVersion)
  }

  @Test func digests() throws {
    let folder = TemporaryFolder()
    let path = folder.write("calvaria-digests 2\n".utf8, "digests.txt")
    #expect(try code { _ = try FileDigests(record: path) } == .newerVersion)
  }

  @Test func account() throws {
    let folder = TemporaryFolder()
    folder.write("{\"formatVersion\": 2, \"cases\": []}".utf8, "run.json")
    #expect(try code { _ = try OutputVerification(of: folder.path, jobs: 1) } == .newerVersion)
  }
}
