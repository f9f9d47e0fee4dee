import Errors
import TestSupport
import Testing
import VolumeIO
import Volumes

/// What a file says is kept, converted, or told: never dropped or taken for something else.
@Suite struct SaidOrKeptTests {
  let folder = TemporaryFolder()

  private func nrrd(_ fields: [String]) -> String {
    let text = (BadNRRDTests.good + fields).joined(separator: "\n") + "\n\n"
    return folder.write(Array(text.utf8) + [UInt8](repeating: 1, count: 120), "in.nrrd")
  }

  @Test(arguments: [
    ("mm", 1.0), ("MM", 1), ("", 1), ("m", 1000), ("meters", 1000), ("cm", 10), ("um", 1e-3),
    ("µm", 1e-3), ("microns", 1e-3), ("nm", 1e-6), ("inch", 25.4),
  ])
  func unitsOfSpace(unit: String, factor: Double) throws {
    let texts = "\"\(unit)\" \"\(unit)\" \"\(unit)\""
    let path = nrrd(["space units: \(texts)"])
    let file = try ImageFile(opening: path)
    #expect(file.info.spaceDirections?[0] == [1, 0, 0])
    #expect(try file.volume().geometry.spacing == SIMD3(repeating: factor))
    #expect(file.warnings.isEmpty == (factor == 1))
    // Written back, the header says what it said; as NIfTI, it is in mm.
    try Conversion.convert(path, to: folder("back.nrrd"))
    let back = try ImageFile(opening: folder("back.nrrd"))
    #expect(back.info.details.spaceUnits == [unit, unit, unit])
    #expect(back.info.spaceDirections == file.info.spaceDirections)
    #expect(try back.volume().geometry == file.volume().geometry)
    try Conversion.convert(path, to: folder("out.nii"))
    let spacing = try ImageFile(opening: folder("out.nii")).volume().geometry.spacing
    #expect(abs(spacing.x / factor - 1) < 1e-6)
  }

  @Test func unitsThatDiffer() throws {
    let file = try ImageFile(opening: nrrd(["space units: \"mm\" \"cm\" \"m\""]))
    #expect(try file.volume().geometry.spacing == SIMD3(1, 10, 1000))
    let path = nrrd(["space units: \"mm\" \"mm\" \"furlong\""])
    let unknown = try ImageFile(opening: path)
    let error = #expect(throws: Diagnostic.self) { try unknown.volume() }
    #expect(error?.field == "space units" && error?.place?.line == 10)
    #expect(error?.found == "\"furlong\"")
    #expect(throws: Diagnostic.self) { try Conversion.convert(path, to: folder("x.nii")) }
    // Without a place nothing is measured.
    #expect(try unknown.elements().byteCount == 120)
    #expect(throws: Never.self) { try Conversion.convert(path, to: folder("x.nrrd")) }
  }

  @Test func unitsOfAxes() throws {
    let plain = BadNRRDTests.good.filter { !$0.hasPrefix("space") }
    for (units, spacing, isTold) in [
      ("\"cm\" \"cm\" \"mm\"", SIMD3(5.0, 20, 3), true),
      ("\"mm\" \"\" \"mm\"", SIMD3(0.5, 2, 3), false),
      ("\"mm\" \"s\" \"mm\"", SIMD3(0.5, 2, 3), true),
    ] {
      let text = (plain + ["spacings: 0.5 2 3", "units: \(units)"]).joined(separator: "\n")
      let path = folder.write(
        Array((text + "\n\n").utf8) + [UInt8](repeating: 1, count: 120), "in.nrrd")
      let file = try ImageFile(opening: path)
      #expect(try file.volume().geometry.spacing == spacing)
      #expect(file.warnings.contains { $0.contains("units: ") } == isTold)
    }
  }

  /// Names that a reader could take for several files.
  @Test(arguments: [
    " leading.nhdr", "LIST of names.nhdr", "LIST.nhdr", "LISTING.nhdr", "100% sure.nhdr",
    "a b  c.nhdr", "%%d 1 2 3.nhdr", "# x: y.nhdr", "x:=y.nhdr",
  ])
  func namesOfDataFiles(name: String) throws {
    let volume = NRRDWritingTests.ramp(UInt8.self, on: Geometry(sizes: GridSize(3, 4, 5)))
    try VolumeFile.write(volume, to: folder(name))
    let back = try ImageFile(opening: folder(name))
    #expect(same(try back.volume(), volume))
    // teem takes whatever begins with LIST for a list.
    let text = String(decoding: folder.read(name), as: UTF8.self)
    #expect(!text.contains("data file: LIST") && !text.contains("data file:  "))
  }

  @Test(arguments: ["scan%d.nhdr", "scan%03d of 5 6 7.nhdr", "%u x.nhdr"])
  func namesThatStandForMany(name: String) throws {
    let volume = NRRDWritingTests.ramp(UInt8.self, on: Geometry(sizes: GridSize(3, 4, 5)))
    let error = #expect(throws: Diagnostic.self) {
      try VolumeFile.write(volume, to: folder(name))
    }
    #expect(error?.code == .notRepresentable && error?.field == "data file")
    // Nothing was written.
    #expect(folder.read(name) == [])
    #expect(folder.read(name.replacing("nhdr", with: "raw.gz")) == [])
  }

  private func nifti(_ description: [UInt8]) -> String {
    var bytes = TemporaryFolder.read(Fixtures.path("nib-1-le.nii"))
    bytes.replaceSubrange(148..<228, with: [UInt8](repeating: 0, count: 80))
    bytes.replaceSubrange(148..<148 + description.count, with: description)
    return folder.write(bytes, "d.nii")
  }

  @Test(arguments: [
    "plain", "tab\there", "bell\u{7}", "escape \u{1b}[31m", "line\nline", " blanks ", "µm, häute",
  ])
  func descriptions(text: String) throws {
    let input = nifti(Array(text.utf8))
    #expect(try ImageFile(opening: input).info.details.content == text)
    try Conversion.convert(input, to: folder("same.nii"))
    #expect(folder.read("same.nii")[148..<228] == folder.read("d.nii")[148..<228])
    let told = try Conversion.convert(input, to: folder("d.nrrd"))
    let kept = try ImageFile(opening: folder("d.nrrd")).info.details.content
    if text.contains("\n") || text.hasPrefix(" ") {
      #expect(kept == (text.contains("\n") ? "line line" : "blanks"))
      #expect(told.contains { $0.contains("content") && $0.contains("descrip") })
    } else {
      #expect(kept == text)
      #expect(!told.contains { $0.contains("descrip") })
    }
    try Conversion.convert(folder("d.nrrd"), to: folder("again.nii"))
    #expect(try ImageFile(opening: folder("again.nii")).info.details.content == kept)
  }

  /// Bytes that are no UTF-8 go from NIfTI to NIfTI as they are, behind a zero too.
  @Test func descriptionsOfOtherBytes() throws {
    let input = nifti([0xb5, 0x6d] + [UInt8](repeating: 0xe4, count: 70) + [0, 7, 8])
    try Conversion.convert(input, to: folder("same.nii"))
    #expect(folder.read("same.nii")[148..<228] == folder.read("d.nii")[148..<228])
    let path = nrrd(["content: " + String(repeating: "long ", count: 20)])
    let told = try Conversion.convert(path, to: folder("long.nii"))
    #expect(told.contains { $0.contains("descrip") })
  }

  /// A gzip file cut or damaged in its last bytes is told as what it is, NIfTI and NRRD alike.
  @Test(arguments: [3, 60, 4000])
  func trailersOfGzip(voxels: Int) throws {
    let volume = NRRDWritingTests.ramp(UInt8.self, on: Geometry(sizes: GridSize(voxels, 1, 1)))
    for name in ["v.nii.gz", "v.nrrd"] {
      try VolumeFile.write(volume, to: folder(name))
      let bytes = folder.read(name)
      for cut in 1...8 {
        let path = folder.write(bytes.dropLast(cut), "cut-" + name)
        let error = #expect(throws: Diagnostic.self) { try ImageFile(opening: path).elements() }
        #expect(error?.code == .truncated && error?.field == "data", "\(error!)")
        #expect(error?.expected == "a whole gzip stream", "\(error!)")
        #expect(error?.found == "its end at byte \(bytes.count - cut) of the file", "\(error!)")
      }
      for place in 1...8 {
        var wrong = bytes
        wrong[bytes.count - place] ^= 0x40
        let path = folder.write(wrong, "wrong-" + name)
        let error = #expect(throws: Diagnostic.self) { try ImageFile(opening: path).elements() }
        #expect(error?.code == .corrupt && error?.field == "data", "\(error!)")
        let wanted = place > 4 ? "a wrong checksum (CRC-32" : "a wrong length (ISIZE"
        #expect(error?.found.hasPrefix(wanted) == true, "\(error!)")
      }
    }
  }

  /// No form of damage shows the program's insides, whatever the place.
  @Test func damagedGzipIsTold() throws {
    let volume = NRRDWritingTests.ramp(UInt8.self, on: Geometry(sizes: GridSize(60, 1, 1)))
    try VolumeFile.write(volume, to: folder("v.nii.gz"))
    let bytes = folder.read("v.nii.gz")
    for place in bytes.indices.dropFirst(2) {
      var wrong = bytes
      wrong[place] ^= 0xff
      let path = folder.write(wrong, "wrong.nii.gz")
      do { _ = try ImageFile(opening: path).elements() } catch let error as Diagnostic {
        #expect(!error.description.contains("(offset:"), "\(error)")
        #expect(!error.found.isEmpty && !error.expected.isEmpty)
      }
      let cut = folder.write(bytes[..<place], "cut.nii.gz")
      let error = #expect(throws: Diagnostic.self) { try ImageFile(opening: cut).elements() }
      #expect(error?.code == .truncated, "\(error!)")
      #expect(error?.description.contains("other content") == false)
    }
  }
}
