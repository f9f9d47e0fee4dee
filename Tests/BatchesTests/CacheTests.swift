@testable import Batches
import Dispatch
import Errors
import Files
import Foundation
import Dataflow
import TestSupport
import Testing

@Suite struct CacheTests {
  private func key(_ text: String) -> CacheKey { CacheKey(of: [text]) }
  private func entry(_ bytes: [UInt8]) -> ValueCache.Entry {
    .init(
      notes: ["n": .number(0.1), "list": .list([.integer(1), .flag(true)])], warnings: ["w"],
      value: bytes)
  }

  // MARK: Keys

  @Test func keysTellListsOfFactsApart() {
    #expect(CacheKey(of: ["ab", "c"]) != CacheKey(of: ["a", "bc"]))
    #expect(CacheKey(of: ["ab"]) != CacheKey(of: ["a", "b"]))
    #expect(CacheKey(of: ["1:a"]) != CacheKey(of: ["a"]))
    #expect(CacheKey(of: ["a", ""]) != CacheKey(of: ["a"]))
    // 1:a hashed; what another program must come to.
    #expect(
      CacheKey(of: ["a"]).description
        == Array("1:a".utf8).withUnsafeBytes { SHA256.hexDigest(of: $0) })
  }

  @Test func aKeyIsTheRecipeAndItsInputs() {
    func recipe(_ kind: String = "shift", _ version: Int = 1, gamma: String = "1") -> StageRecipe {
      StageRecipe(kind: kind, version: version, parameters: ["gamma": gamma, "by": "cranial"])
    }
    let inputs = [key("latent")]
    let base = CacheKey(recipe(), inputs: inputs)
    #expect(base == CacheKey(recipe(), inputs: inputs))
    for other in [
      CacheKey(recipe("shaft"), inputs: inputs), CacheKey(recipe("shift", 2), inputs: inputs),
      CacheKey(recipe(gamma: "2"), inputs: inputs), CacheKey(recipe(), inputs: [key("other")]),
      CacheKey(recipe(), inputs: inputs + inputs), CacheKey(recipe(), inputs: []),
    ] { #expect(other != base) }
  }

  // MARK: Values

  @Test func whatIsWrittenIsRead() throws {
    let folder = TemporaryFolder()
    let cache = try ValueCache(folder: folder.path, limit: 1 << 20)
    #expect(!cache.contains(key("a")))
    #expect(throws: CacheMiss.self) { try cache.read(key("a")) }
    for bytes in [[], [1], [UInt8](repeating: 10, count: 100_000)] {
      cache.write(entry(bytes), for: key("\(bytes.count)"))
      #expect(cache.contains(key("\(bytes.count)")))
      let found = try cache.read(key("\(bytes.count)"))
      #expect(found.value == bytes)
      #expect(found.notes == entry([]).notes)
      #expect(found.warnings == ["w"])
    }
    // For another process too.
    #expect(try ValueCache(folder: folder.path, limit: 1).read(key("1")).value == [1])
  }

  @Test func whatCannotBeStoredIsSaidOnceAndStopsNothing() throws {
    let folder = TemporaryFolder()
    let cache = try ValueCache(folder: folder.path, limit: 1 << 20)
    // A file where a folder should be.
    try Data().write(to: URL(filePath: "\(folder.path)/\(key("a").description.prefix(2))"))
    cache.write(entry([1]), for: key("a"))
    let trouble = try #require(cache.trouble)
    #expect(trouble.hasPrefix("values are not stored any more: "), "\(trouble)")
    cache.write(entry([1]), for: key("b"))
    #expect(cache.trouble == trouble && !cache.contains(key("b")))
  }

  /// An entry of a later version is neither read, removed nor replaced.
  @Test func newerEntriesAreLeftAlone() throws {
    let folder = TemporaryFolder()
    let cache = try ValueCache(folder: folder.path, limit: 1 << 20)
    cache.write(entry([1, 2, 3]), for: key("a"))
    let path =
      "\(folder.path)/\(key("a").description.prefix(2))/\(key("a").description.dropFirst(2))"
    let newer = Data("calvaria-value 3 what a later program writes\n".utf8)
    try newer.write(to: URL(filePath: path))
    #expect(cache.contains(key("a")))
    #expect(throws: CacheMiss.self) { try cache.read(key("a")) }
    #expect(!cache.contains(key("a")))
    cache.write(entry([1, 2, 3]), for: key("a"))
    #expect(try Data(contentsOf: URL(filePath: path)) == newer)
  }

  /// Every place of an entry, wrong by one bit or cut off there, is found out and the entry removed.
  @Test func damagedEntriesAreMisses() throws {
    let folder = TemporaryFolder()
    let cache = try ValueCache(folder: folder.path, limit: 1 << 20)
    cache.write(entry([1, 2, 3]), for: key("a"))
    let path =
      "\(folder.path)/\(key("a").description.prefix(2))/\(key("a").description.dropFirst(2))"
    let good = try Data(contentsOf: URL(filePath: path))
    for place in good.indices {
      var flipped = good
      flipped[place] ^= 4
      for bad in [flipped, good.prefix(place), good + [0]] {
        try bad.write(to: URL(filePath: path))
        #expect(throws: CacheMiss.self, "at \(place)") { try cache.read(key("a")) }
        #expect(!cache.contains(key("a")))
      }
    }
    try good.write(to: URL(filePath: path))
    #expect(try cache.read(key("a")).value == [1, 2, 3])
  }

  @Test func theOnesNotUsedForLongestGo() throws {
    let folder = TemporaryFolder()
    let cache = try ValueCache(folder: folder.path, limit: 10_000)
    for index in 0..<9 {
      cache.write(entry([UInt8](repeating: 0, count: 900)), for: key("\(index)"))
      usleep(2000)
    }
    #expect((0..<9).allSatisfy { cache.contains(key("\($0)")) })
    _ = try cache.read(key("0"))
    usleep(2000)
    cache.write(entry([UInt8](repeating: 0, count: 900)), for: key("9"))
    cache.write(entry([UInt8](repeating: 0, count: 900)), for: key("10"))
    // Used last, so it stayed; those behind it went.
    #expect(cache.contains(key("0")))
    #expect(!cache.contains(key("1")))
    #expect(cache.contains(key("10")))
    let sizes = try FileManager.default.subpathsOfDirectory(atPath: folder.path).compactMap {
      FileStamp("\(folder.path)/\($0)")?.size
    }
    #expect(sizes.reduce(0, +) <= 10_000)
  }

  @Test func severalAtOnceWriteTheSame() throws {
    let folder = TemporaryFolder()
    let path = folder.path
    DispatchQueue.concurrentPerform(iterations: 4) { _ in
      do {
        // Room for all twenty, so none is removed.
        let cache = try ValueCache(folder: path, limit: 40_000)
        for round in 0..<50 {
          let key = CacheKey(of: ["\(round % 20)"])
          let value = [UInt8](repeating: 7, count: 1000 + round % 20)
          cache.write(.init(notes: [:], warnings: [], value: value), for: key)
          #expect(try cache.read(key).value == value)
        }
        #expect(cache.trouble == nil)
      } catch { Issue.record(error) }
    }
    let cache = try ValueCache(folder: path, limit: 40_000)
    for index in 0..<20 {
      #expect(try cache.read(CacheKey(of: ["\(index)"])).value.count == 1000 + index)
    }
    let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
    #expect(!names.contains { $0.contains("partial") })
  }

  // MARK: Digests

  private func digest(_ text: String) -> String {
    Array(text.utf8).withUnsafeBytes { SHA256.hexDigest(of: $0) }
  }

  /// A file whose time of change is long past, so that its digest is remembered.
  private func write(_ text: String, to file: String, age: Double = 100) throws {
    try Data(text.utf8).write(to: URL(filePath: file))
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSinceNow: -age)], ofItemAtPath: file)
  }

  /// Other bytes, as many, behind the same stamp: who hashes the file comes to another digest, who
  /// remembers it does not.
  private func replace(bytesOf file: String, with text: String, keeping stamp: FileStamp) throws {
    let descriptor = open(file, O_WRONLY)
    #expect(Glibc.write(descriptor, text, text.utf8.count) == text.utf8.count)
    close(descriptor)
    let time = timespec(
      tv_sec: stamp.modified / 1_000_000_000, tv_nsec: stamp.modified % 1_000_000_000)
    #expect(utimensat(AT_FDCWD, file, [time, time], 0) == 0)
    try #require(FileStamp(file) == stamp)
  }

  @Test func hashesAnUnchangedFileOnlyOnce() throws {
    let folder = TemporaryFolder()
    let (file, record) = (folder.path + "/skull.nrrd", folder.path + "/digests.txt")
    try write("one", to: file)
    let first = try FileDigests(record: record).digest(of: file)
    #expect(first.sha256 == digest("one"))
    try replace(bytesOf: file, with: "two", keeping: first.stamp)
    #expect(try FileDigests(record: record).digest(of: file).sha256 == digest("one"))
    #expect(try FileDigests(record: record, rehash: true).digest(of: file).sha256 == digest("two"))
  }

  /// What is decoded after the hashing are the bytes that were hashed, where there is room for them.
  @Test(arguments: [(room: 3, read: "one"), (room: 2, read: "two")])
  func keepsHashedBytesUntilTheFileIsLetGo(room: Int, read: String) throws {
    let folder = TemporaryFolder()
    let digests = try FileDigests(record: nil, keeping: room)
    func text(_ file: InputFile) throws -> String {
      String(decoding: try file.bytes(at: 0, count: 10), as: UTF8.self)
    }
    for name in ["a.nrrd", "b.nrrd"] {
      let path = folder.path + "/" + name
      try write("one", to: path)
      let file = try InputFile(path, hashes: true)
      let digest = try digests.digest(of: file)
      #expect(digest.sha256 == self.digest("one"))
      try replace(bytesOf: path, with: "two", keeping: digest.stamp)
      #expect(try text(file) == read)
      #expect(try file.bytes(at: 2, count: 10) == [UInt8(ascii: read == "one" ? "e" : "o")])
      #expect(try file.bytes(at: 3, count: 10) == [])
      // Gives its room to the next file.
      file.release()
      #expect(try text(file) == "two")
    }
  }

  @Test func hashesAChangedFileAgain() throws {
    let folder = TemporaryFolder()
    let (file, record) = (folder.path + "/skull.nrrd", folder.path + "/digests.txt")
    try write("one", to: file)
    _ = try FileDigests(record: record).digest(of: file)
    try write("two", to: file, age: 50)
    #expect(try FileDigests(record: record).digest(of: file).sha256 == digest("two"))
  }

  @Test func remembersAFileAfterItsRename() throws {
    let folder = TemporaryFolder()
    let (file, record) = (folder.path + "/skull.nrrd", folder.path + "/digests.txt")
    try write("one", to: file)
    let first = try FileDigests(record: record).digest(of: file)
    #expect(rename(file, file + "2") == 0)
    try replace(bytesOf: file + "2", with: "two", keeping: first.stamp)
    #expect(try FileDigests(record: record).digest(of: file + "2").sha256 == digest("one"))
  }

  /// A line that was cut, by a kill or a full disk, is skipped; what follows it is read.
  @Test func skipsACutLineOfTheRecord() throws {
    let folder = TemporaryFolder()
    let (file, record) = (folder.path + "/skull.nrrd", folder.path + "/digests.txt")
    try write("one", to: file)
    _ = try FileDigests(record: record).digest(of: file)
    let handle = try FileHandle(forWritingTo: URL(filePath: record))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data("12 34 5".utf8))
    try handle.close()
    let other = folder.path + "/other.nrrd"
    try write("two", to: other)
    let second = try FileDigests(record: record).digest(of: other)
    #expect(try String(contentsOfFile: record, encoding: .utf8).contains("12 34 5\n"))
    try replace(bytesOf: other, with: "six", keeping: second.stamp)
    #expect(try FileDigests(record: record).digest(of: other).sha256 == digest("two"))
  }

  @Test func whatIsNoFileIsAnError() throws {
    let folder = TemporaryFolder()
    let digests = try FileDigests(record: nil)
    #expect(throws: Diagnostic.self) { try digests.digest(of: folder.path) }
    #expect(throws: Diagnostic.self) { try digests.digest(of: folder.path + "/none") }
    #expect(throws: Diagnostic.self) { try digests.digest(of: "/dev/zero") }
  }
}
