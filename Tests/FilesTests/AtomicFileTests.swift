import Errors
import Files
import Foundation
import TestSupport
import Testing

extension TemporaryFolder {
  /// What lies in it.
  fileprivate var names: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
  }
}

@Suite struct AtomicFileTests {
  struct Stop: Error {}

  @Test func createsAndReplaces() throws {
    let folder = TemporaryFolder()
    let path = folder.path + "/a.bin"
    try AtomicFile.write([1, 2, 3], to: path)
    try AtomicFile.write([4], to: path)
    #expect(try InputFile(path).bytes(at: 0, count: 100) == [4])
    #expect(folder.names == ["a.bin"])
  }

  /// The temporary name beside it must not be longer than a name may be.
  @Test(arguments: ["a", "ä"])
  func theLongestNameIsWritten(letter: String) throws {
    let folder = TemporaryFolder()
    let name = String(repeating: letter, count: 250 / letter.utf8.count) + ".nrrd"
    for byte: UInt8 in 1...2 { try AtomicFile.write([byte], to: "\(folder.path)/\(name)") }
    #expect(try InputFile("\(folder.path)/\(name)").bytes(at: 0, count: 9) == [2])
    #expect(folder.names.count == 1)
  }

  @Test func aFailureLeavesTheOldFileAndNothingElse() throws {
    let folder = TemporaryFolder()
    let path = folder.path + "/a.bin"
    try AtomicFile.write([1, 2, 3], to: path)
    #expect(throws: Stop.self) {
      try AtomicFile.write(to: path) { sink in
        try sink.write([UInt8](repeating: 9, count: 300_000))
        throw Stop()
      }
    }
    #expect(try InputFile(path).bytes(at: 0, count: 100) == [1, 2, 3])
    #expect(folder.names == ["a.bin"])
  }

  /// Pieces smaller than, equal to and larger than what the sink gathers.
  @Test(arguments: [[10], [65_536], [65_535, 2], [1, 200_000, 3], [40_000, 40_000, 40_000]])
  func bytesComeInOrder(sizes: [Int]) throws {
    let folder = TemporaryFolder()
    let path = folder.path + "/a.bin"
    var expected: [UInt8] = []
    try AtomicFile.write(to: path) { sink in
      for (index, size) in sizes.enumerated() {
        let piece = (0..<size).map { UInt8(truncatingIfNeeded: $0 * 7 + index) }
        expected += piece
        try sink.write(piece)
      }
      #expect(sink.count == expected.count)
    }
    #expect(try InputFile(path).bytes(at: 0, count: .max) == expected)
  }

  @Test func aFolderThatIsNotThereIsAnError() throws {
    let folder = TemporaryFolder()
    let error = #expect(throws: Diagnostic.self) {
      try AtomicFile.write([1], to: folder.path + "/none/a.bin")
    }
    #expect(error?.code == .unwritable)
    #expect(error?.description.contains("none/a.bin: output: expected") == true)
  }

  /// Writers of one name race; whoever is last, the file is whole.
  @Test func concurrentWritersNeverMix() async throws {
    let folder = TemporaryFolder()
    let path = folder.path + "/a.bin"
    await withTaskGroup(of: Void.self) { group in
      for value in 0..<16 {
        group.addTask {
          try? AtomicFile.write([UInt8](repeating: UInt8(value), count: 100_000), to: path)
        }
      }
    }
    let bytes = try InputFile(path).bytes(at: 0, count: .max)
    #expect(bytes.count == 100_000)
    #expect(Set(bytes).count == 1)
    #expect(folder.names == ["a.bin"])
  }

  /// A device or a folder must not be replaced by a file of its name.
  @Test func onlyRegularFilesAreReplaced() throws {
    let folder = TemporaryFolder()
    let pipe = folder.path + "/pipe"
    #expect(mkfifo(pipe, 0o600) == 0)
    for path in [pipe, folder.path, folder.path + "/"] {
      let error = #expect(throws: Diagnostic.self) { try AtomicFile.write([1], to: path) }
      #expect(error?.code == .unwritable)
    }
    #expect(folder.names == ["pipe"])
  }

  /// A link keeps pointing where it did, and what it points to gets the bytes.
  @Test func aLinkIsWrittenThrough() throws {
    let folder = TemporaryFolder()
    let target = folder.path + "/target"
    let link = folder.path + "/link"
    try AtomicFile.write([1], to: target)
    #expect(symlink(target, link) == 0)
    try AtomicFile.write([2, 3], to: link)
    #expect(try InputFile(target).bytes(at: 0, count: 9) == [2, 3])
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == target)
  }
}
