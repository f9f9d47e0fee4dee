import Errors
import Testing
import VolumeIO
import Volumes

/// Files of independent writers hold for us what they hold for them.
@Suite struct FixtureTests {
  @Test func thereAreFixtures() { #expect(Fixtures.entries.count > 80) }

  @Test(arguments: Fixtures.entries)
  func headerAndVoxels(entry: Fixtures.Entry) throws {
    let file = try ImageFile(opening: Fixtures.path(entry.file))
    #expect(file.info.type.name == entry.type)
    #expect(file.info.sizes == entry.sizes)
    #expect(try file.sha256() == entry.sha256)
    if let format = entry.format { #expect(file.info.format.rawValue == format) }
    if let encoding = entry.encoding { #expect(file.info.encoding.rawValue == encoding) }
    if let space = entry.space { #expect(file.info.space == space) }
    if let kinds = entry.kinds { #expect(file.info.details.kinds == kinds) }
    if let spacings = entry.spacings { #expect(file.info.spacings == spacings) }
    if let pairs = entry.keyValues {
      #expect(file.info.keyValues.count == pairs.count)
      for pair in file.info.keyValues { #expect(pairs[pair.key] == pair.value) }
    }
    if let warning = entry.warning {
      #expect(file.warnings.contains { $0.contains(": \(warning):") }, "\(file.warnings)")
    } else if entry.lps != nil, entry.file.hasPrefix("nib") || entry.file.hasPrefix("itk") {
      #expect(file.warnings == [])
    }
  }

  /// pynrrd and SimpleITK print 17 digits, so NRRD is exact to rounding of `directions × spacing`;
  /// NIfTI's quaternions are float32.
  @Test(arguments: Fixtures.volumes)
  func placement(entry: Fixtures.Entry) throws {
    let volume = try ImageFile(opening: Fixtures.path(entry.file)).volume()
    guard let lps = entry.lps else { return }
    let worst = largestDifference(volume.geometry, lps)
    // ITK reads the quaternion, or rounds the rows, of the NIfTI files that it wrote.
    let isRounded =
      entry.file.contains("qf") || entry.file.hasPrefix("itk") && entry.file.contains(".nii")
    #expect(worst <= (isRounded ? 1e-6 : 1e-13), "\(worst)")
  }

  @Test(arguments: Fixtures.others)
  func notAVolume(entry: Fixtures.Entry) throws {
    let file = try ImageFile(opening: Fixtures.path(entry.file))
    let error = #expect(throws: Diagnostic.self) { try file.volume() }
    #expect(error?.code == .notAVolume)
    #expect(error?.description.contains(entry.problem!) == true, "\(error!)")
  }

  @Test func scalingIsAppliedOnRequest() throws {
    let entry = try #require(Fixtures.entries.first { $0.scaledSum != nil })
    let file = try ImageFile(opening: Fixtures.path(entry.file))
    #expect(file.hasScaling)
    #expect(try file.volume().scalarType == .int16)
    let scaled = try #require(try file.volume(applyScaling: true).base as? Volume<Float>)
    #expect(scaled.withVoxels { $0.reduce(0.0) { $0 + Double($1) } } == entry.scaledSum)
    #expect(scaled[1, 0, 0] == 2 * 1 - 1024)
  }

  @Test func bzip2IsRead() throws {
    let file = try ImageFile(opening: Fixtures.path("pynrrd-bzip2.nrrd"))
    #expect(file.info.encoding == .bzip2)
    let plain = try ImageFile(opening: Fixtures.path("pynrrd-u1-little-raw.nrrd"))
    #expect(try file.sha256() == plain.sha256())
  }

  @Test func dataPathsAreNamed() throws {
    let list = try ImageFile(opening: Fixtures.path("hand-list.nhdr"))
    #expect(list.dataPaths == (0..<3).map { Fixtures.path("hand-parts/\($0).raw") })
    #expect(try ImageFile(opening: Fixtures.path("nib-1-le.nii")).dataPaths == [])
    let pair = try ImageFile(opening: Fixtures.path("nib-1-le.img"))
    #expect(pair.dataPaths == [Fixtures.path("nib-1-le.img")])
    #expect(pair.info == (try ImageFile(opening: Fixtures.path("nib-1-le.hdr"))).info)
  }

  @Test func everyFieldIsReported() throws {
    let info = try ImageFile(opening: Fixtures.path("hand-everything.nrrd")).info
    #expect(
      info.json(sha256: "abc") == """
        {"format": "nrrd", "type": "int16", "sizes": [5, 4, 3, 1], "space": \
        "right-anterior-superior-time", "spaceDirections": [[1.0, 0.0, 0.0, 0.0], \
        [0.0, -2.0, 0.0, 0.0], [0.0, 0.0, 3.0, 0.0], [0.0, 0.0, 0.0, 1.0]], "spaceOrigin": \
        [10.0, -0.5, 3.0, 0.0], "spacings": [1.0, 2.0, 3.0, 1.0], "encoding": "raw", "endian": \
        "little", "keyValues": {"key one": "with: colon \\\\ and \\n newline", "key two": ""}, \
        "sha256": "abc", "kinds": ["space", "space", "domain", "time"], "labels": \
        ["a \\"quoted\\" label", "", "z", "time"], "centerings": ["cell", "node", null, null], \
        "thicknesses": [null, 2.0, 3.0, null], "spaceUnits": ["mm", "mm", "mm", "s"], \
        "sampleUnits": "HU", "oldMin": -1024.0, "oldMax": null, "content": "a skull", "comments": \
        ["first comment", "second comment"]}
        """)
  }
}
