import Errors
import Files
import Foundation
import TestSupport
import Testing

@Suite struct InputFileTests {
  @Test(arguments: ["/dev/zero", "/dev/null", "/tmp", "/nowhere/at/all"])
  func refusesWhatIsNoRegularFile(path: String) {
    let error = #expect(throws: Diagnostic.self) { try InputFile(path) }
    #expect(error?.description.hasPrefix("\(path): file: expected") == true)
  }

  @Test func refusesAPipeWithoutWaiting() throws {
    let folder = TemporaryFolder()
    let path = folder.path + "/pipe"
    #expect(mkfifo(path, 0o600) == 0)
    #expect(throws: Diagnostic.self) { try InputFile(path) }
  }

  @Test func readsPastTheEndGiveWhatThereIs() throws {
    let folder = TemporaryFolder()
    try AtomicFile.write([1, 2, 3, 4, 5], to: folder.path + "/a")
    let file = try InputFile(folder.path + "/a")
    #expect(file.size == 5)
    #expect(try file.bytes(at: 3, count: 10) == [4, 5])
    #expect(try file.bytes(at: 9, count: 10) == [])
  }

  /// Test vectors of FIPS 180-4 (`abc`, the empty text, a million `a`).
  @Test(arguments: [
    ("abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ("", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("a", 1_000_000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
  ])
  func sha256(text: String, times: Int, digest: String) throws {
    let folder = TemporaryFolder()
    try AtomicFile.write(
      [UInt8](String(repeating: text, count: times).utf8), to: folder.path + "/a")
    #expect(try InputFile(folder.path + "/a").sha256() == digest)
  }

  /// Changes a file's bytes without a trace in its size and times.
  private func overwrite(_ path: String, with bytes: [UInt8]) {
    var status = stat()
    stat(path, &status)
    let descriptor = open(path, O_WRONLY)
    _ = bytes.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
    let times = [status.st_atim, status.st_mtim]
    futimens(descriptor, times)
    close(descriptor)
  }

  private static let digestOfAMillion =
    "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"

  /// The blocks overlap, come twice and out of order; a gap and the end are not read at all.
  @Test(arguments: [
    [0..<544, 0..<16384, 300..<1_000_000], [0..<10, 10..<999_999],
    [500_000..<1_000_000, 0..<500_000], [],
  ])
  func hashesWhatIsReadAndReadsTheRest(blocks: [Range<Int>]) throws {
    let folder = TemporaryFolder()
    let path = folder.write([UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000), "a")
    let file = try InputFile(path, hashes: true)
    for block in blocks { _ = try file.bytes(at: block.lowerBound, count: block.count) }
    #expect(try file.sha256() == Self.digestOfAMillion)
    #expect(try file.sha256() == Self.digestOfAMillion)
  }

  @Test func hashIsOfTheBytesThatWereRead() throws {
    let folder = TemporaryFolder()
    let path = folder.write([UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000), "a")
    let file = try InputFile(path, hashes: true)
    _ = try file.bytes(at: 0, count: file.size)
    overwrite(path, with: [UInt8](repeating: UInt8(ascii: "b"), count: 1_000_000))
    #expect(try file.sha256() == Self.digestOfAMillion)
    #expect(try InputFile(path).sha256() != Self.digestOfAMillion)
  }

  @Test func fileThatWasLetGoIsOpenedAgainIfItIsTheSame() throws {
    let folder = TemporaryFolder()
    let path = folder.write([1, 2, 3], "a")
    let file = try InputFile(path)
    file.release()
    #expect(try file.bytes(at: 1, count: 9) == [2, 3])
    file.release()
    folder.write([4, 5, 6], "b")
    rename(folder("b"), path)
    let error = try #require(#expect(throws: Diagnostic.self) { try file.bytes(at: 0, count: 9) })
    #expect(error.code == .transient && error.subject == path)
  }

  @Test func openFileKeepsItsBytesWhenItsNameIsTakenByAnother() throws {
    let folder = TemporaryFolder()
    let path = folder.write([1, 2, 3], "a")
    let file = try InputFile(path)
    folder.write([4, 5, 6], "b")
    rename(folder("b"), path)
    #expect(try file.bytes(at: 0, count: 9) == [1, 2, 3])
    try file.requireUnchanged()
  }

  @Test func changeInPlaceIsSeen() throws {
    let folder = TemporaryFolder()
    let path = folder.write([1, 2, 3], "a")
    let file = try InputFile(path)
    try file.requireUnchanged()
    folder.write([1, 2, 3, 4], "a")
    let error = try #require(#expect(throws: Diagnostic.self) { try FileDigest(of: file) })
    #expect(error.code == .transient)
  }
}
