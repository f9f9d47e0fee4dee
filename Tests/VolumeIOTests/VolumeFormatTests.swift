import TestSupport
import Errors
import Files
import Testing
import Volumes

@testable import VolumeIO

@Suite struct VolumeFormatTests {
  static let standard = VolumeFormats.standard
  static let withToy = VolumeFormats(standard.all + [.toy])

  @Test func endingsAreThoseOfTheFormats() {
    #expect(Self.standard.writtenEndings == [".nrrd", ".nhdr", ".nii", ".nii.gz", ".hdr"])
    #expect(Self.standard.wholeEndings == [".nrrd", ".nii", ".nii.gz"])
    #expect(Set(Self.standard.endings.map(\.text)).count == Self.standard.endings.count)
  }

  @Test(arguments: [
    ("a.nrrd", ".nrrd"), ("a.NII.GZ", ".nii.gz"), ("a.nii", ".nii"), ("a.b.hdr.gz", ".hdr.gz"),
    ("a.img", ".img"), ("a.gz", nil), ("a.toy", nil), (".nrrd", nil), ("nrrd", nil),
  ])
  func theLongestEndingThatFitsCounts(name: String, ending: String?) {
    #expect(Self.standard.ending(of: name)?.text == ending)
  }

  /// What a batch writes for a case stays in the case's format.
  @Test func everyEndingHasAWholeOneOfTheSameFormat() {
    for format in Self.standard.all {
      let whole = format.endings.filter { $0.role == .whole }.map(\.text)
      for ending in format.endings { #expect(whole.contains(ending.wholeEnding)) }
      #expect(whole.contains(format.standardEnding))
    }
  }

  @Test(arguments: ["a.toy", "a.img", "a.img.gz", "a.hdr.gz", "a"])
  func anEndingThatNoFormatWritesIsRefused(name: String) throws {
    let folder = TemporaryFolder()
    let volume = AnyVolume(Volume<UInt8>(zerosOn: Geometry(sizes: GridSize(2, 2, 2))))
    let error = #expect(throws: Diagnostic.self) {
      try VolumeFile.write(volume, to: folder(name))
    }
    #expect(error?.expected == "a name that ends in .nrrd, .nhdr, .nii, .nii.gz or .hdr")
  }

  @Test func aToyFormatIsWrittenAndRead() throws {
    let folder = TemporaryFolder()
    let volume = Self.volume
    try VolumeFile.write(AnyVolume(volume), to: folder("a.toy"), formats: Self.withToy)
    #expect(folder.read("a.toy").starts(with: "TOY 3 2 2\n".utf8))
    let file = try ImageFile(opening: folder("a.toy"), formats: Self.withToy)
    #expect(file.info.format.rawValue == "toy")
    #expect(file.info.sizes == [3, 2, 2])
    let read = try #require(try file.volume().base as? Volume<UInt8>)
    #expect(read.withVoxels { Array($0) } == volume.withVoxels { Array($0) })
    #expect(throws: Diagnostic.self) { try ImageFile(opening: folder("a.toy")) }
  }

  /// Formats that know nothing of each other: the volume and its placement go over.
  @Test(arguments: [".nrrd", ".nhdr", ".nii", ".nii.gz", ".toy"])
  func aToyFormatIsConvertedFromAndToEveryOther(ending: String) throws {
    let folder = TemporaryFolder()
    let volume = Self.volume
    try VolumeFile.write(AnyVolume(volume), to: folder("a.toy"), formats: Self.withToy)
    try Conversion.convert(folder("a.toy"), to: folder("b\(ending)"), formats: Self.withToy)
    try Conversion.convert(folder("b\(ending)"), to: folder("c.toy"), formats: Self.withToy)
    #expect(folder.read("c.toy") == folder.read("a.toy"))
    let between = try ImageFile(opening: folder("b\(ending)"), formats: Self.withToy).volume()
    #expect(between.geometry.lpsFromIndex == volume.geometry.lpsFromIndex)
  }

  static let volume: Volume<UInt8> = {
    Volume(on: Geometry(sizes: GridSize(3, 2, 2))) { voxels in
      for index in voxels.indices { voxels[index] = UInt8(7 * index) }
    }
  }()
}

extension VolumeFormat {
  /// `TOY X Y Z`, a line end, and bytes on a grid of 1 mm in LPS.
  fileprivate static let toy = VolumeFormat(
    name: "toy", endings: [Ending(".toy")],
    open: { start, options in
      guard start.bytes.starts(with: "TOY ".utf8) else { return nil }
      return try ToyImage(start, options)
    },
    write: { volume, path, _, _ in
      let sizes = volume.sizes
      try volume.withBytes { bytes in
        try AtomicFile.write(to: path) { sink in
          try sink.write("TOY \(sizes.x) \(sizes.y) \(sizes.z)\n")
          try sink.write(bytes)
        }
      }
    })
}

private struct ToyImage: ParsedImage {
  let data: VoxelData
  var warnings: [String] { [] }
  var scaling: ValueScaling? { nil }

  init(_ start: FileStart, _ options: ReadOptions) throws {
    let line = start.bytes.prefix { $0 != UInt8(ascii: "\n") }
    data = VoxelData(
      file: start.file, type: .scalar(.uint8),
      sizes: String(decoding: line, as: UTF8.self).split(separator: " ").compactMap { Int($0) },
      encoding: .raw, endianness: .host, byteSkip: 0,
      parts: [
        VoxelData.Part(file: start.file, start: line.count + 1)
      ],
      options: options)
    try data.checkSizes()
  }

  var info: ImageInfo {
    ImageInfo(
      format: ImageFormat(rawValue: "toy"), type: data.type, sizes: data.sizes, space: nil,
      spaceDirections: nil, spaceOrigin: nil, spacings: [1, 1, 1], encoding: .raw, endian: nil,
      keyValues: [])
  }

  func geometry() throws -> (geometry: Geometry, warnings: [String]) {
    let sizes = GridSize(data.sizes[0], data.sizes[1], data.sizes[2])
    return (Geometry(sizes: sizes), [])
  }
}
