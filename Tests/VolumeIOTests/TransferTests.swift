import Concurrency
import Errors
import TestSupport
import Testing
import VolumeIO
import Volumes

/// Big files: progress, ending early, memory that is not there.
@Suite struct TransferTests {
  let folder = TemporaryFolder()

  private struct Stop: Error {}

  private static let volume = AnyVolume(
    Volume<Int16>(on: Geometry(sizes: GridSize(128, 64, 70))) { voxels in
      for index in voxels.indices { voxels[index] = Int16(truncatingIfNeeded: index &* index >> 7) }
    })

  private static let bytes: [UInt8] = {
    let typed = volume.base as! Volume<Int16>
    return typed.withVoxels { Array(UnsafeRawBufferPointer($0)) }
  }()

  @Test(arguments: ["v.nrrd", "v.nii.gz", "v.nii", "v.nhdr"], [DataEncoding.gzip, .raw, .bzip2])
  func progressGrowsToTheEnd(name: String, encoding: DataEncoding) throws {
    let encoding = name.hasPrefix("v.nii") ? nil : encoding
    for isWriting in [true, false] {
      let last = Guarded((done: 0, total: 0, calls: 0))
      let progress: TransferProgress = { done, total in
        let before = last.withLock { last in
          defer { last = (done, total, last.calls + 1) }
          return last.done
        }
        #expect(done > before && done <= total)
      }
      if isWriting {
        try VolumeFile.write(
          Self.volume, to: folder(name), options: WriteOptions(encoding: encoding),
          reporting: progress)
      } else {
        let read = try ImageFile(opening: folder(name)).elements(reporting: progress)
        let isSame = read.withBytes { Array($0) } == Self.bytes
        #expect(isSame)
      }
      let (done, total, calls) = last.withLock { $0 }
      #expect(done == total && total >= Self.volume.byteCount && calls > 0)
    }
  }

  @Test(arguments: [DataEncoding.gzip, .raw, .bzip2])
  func anErrorOfTheProgressEndsTheTransfer(encoding: DataEncoding) throws {
    let options = WriteOptions(encoding: encoding)
    #expect(throws: Stop.self) {
      try VolumeFile.write(Self.volume, to: folder("w.nrrd"), options: options) { _, _ in
        throw Stop()
      }
    }
    #expect(folder.read("w.nrrd").isEmpty)
    try VolumeFile.write(Self.volume, to: folder("r.nrrd"), options: options)
    #expect(throws: Stop.self) {
      try ImageFile(opening: folder("r.nrrd")).elements { _, _ in throw Stop() }
    }
  }

  @Test(arguments: ScalarType.allCases, [DataEncoding.raw, .gzip, .bzip2])
  func threadsNeverChangeAByte(type: ScalarType, encoding: DataEncoding) throws {
    let swiftType = type.swiftType
    let volume = NRRDWritingTests.ramp(
      swiftType,
      on: Geometry(
        sizes: GridSize(32, 17, 40), space: .leftPosteriorSuperior, directions: .identity))
    var files: [[UInt8]] = []
    for threads in [1, 2, 5] {
      try VolumeFile.write(
        volume, to: folder("t.nrrd"),
        options: WriteOptions(encoding: encoding, endian: .big, threads: threads))
      files.append(folder.read("t.nrrd"))
      let options = ReadOptions(threads: threads)
      #expect(try same(ImageFile(opening: folder("t.nrrd"), options: options).volume(), volume))
    }
    #expect(files[1] == files[0] && files[2] == files[0])
  }

  /// More than any address space holds, and a ratio that permits it.
  @Test func memoryThatIsNotThereIsAnError() throws {
    let header = "NRRD0005\ntype: uchar\ndimension: 3\nsizes: 1048576 1048576 1048576\n"
    let path = folder.write(
      Array((header + "encoding: gzip\n\n").utf8) + [0x1f, 0x8b], "huge.nrrd")
    #expect(throws: Diagnostic.self) { try ImageFile(opening: path) }
    let file = try ImageFile(opening: path, options: ReadOptions(maximumRatio: .max))
    let error = #expect(throws: Diagnostic.self) { try file.volume() }
    #expect(error?.code == .tooLarge)
  }

  /// A few bytes of bzip2 stand for gigabytes; they are refused before memory is taken.
  @Test func bzip2Bombs() throws {
    let bytes = TemporaryFolder.read(Fixtures.path("pynrrd-bzip2.nrrd"))
    let end = try #require(bytes.firstRange(of: [10, 10])?.upperBound)
    let text = String(decoding: bytes[..<end], as: UTF8.self)
    let sizes = try #require(text.split(separator: "\n").first { $0.hasPrefix("sizes:") })
    let bomb = text.replacing(sizes, with: "sizes: 1000 1000 1000")
    let path = folder.write(Array(bomb.utf8) + bytes[end...], "bomb.nrrd")
    let error = #expect(throws: Diagnostic.self) { try ImageFile(opening: path) }
    #expect(error?.code == .tooLarge)
    #expect(error?.field == "sizes")
  }
}
