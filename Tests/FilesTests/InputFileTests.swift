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
}
