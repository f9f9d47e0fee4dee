import CZip
import DICOMFiles
import Errors
import Foundation
import OtherPrograms
import TestSupport
import Testing
import VolumeIO
import Volumes

@Suite struct DICOMConversionTests {
  private let folder = TemporaryFolder()
  static let isInstalled = ExternalProgram("dcm2niix") != nil

  /// A tilted grid with three spacings.
  private static var grid: Geometry {
    var grid = Geometry(sizes: GridSize(24, 20, 9), spacing: SIMD3(0.8, 0.8, 2))
    let (c, s) = (0.9510565163, 0.3090169944)
    grid.directions = Matrix3(
      SIMD3(0.8, 0, 0), SIMD3(0, 0.8 * c, 0.8 * s), SIMD3(0, -2 * s, 2 * c))
    grid.origin = SIMD3(-30, 12.5, 400)
    return grid
  }

  private static func value(_ x: Int, _ y: Int, _ z: Int) -> Int {
    -1000 + x + 30 * y + 700 * z / 3
  }

  private func write(_ series: DICOMSeries, _ name: String) throws {
    try FileManager.default.createDirectory(atPath: folder(name), withIntermediateDirectories: true)
    for (number, file) in series.files(Self.value).enumerated() {
      folder.write(file, "\(name)/\(series.number)-\(number)")
    }
  }

  @Test func volumesAndEmptyFoldersAreNoDICOM() throws {
    let volume = folder.write(Array("NRRD0004\n".utf8), "a.nrrd")
    #expect(DICOMSource(volume) == nil && DICOMSource(folder("none")) == nil)
    #expect(DICOMSource(folder.path) == nil)
    try write(DICOMSeries(Self.grid), "deep/er/slices")
    #expect(DICOMSource(folder("deep")) == .folder(folder("deep")))
    // One slice stands for its series.
    #expect(DICOMSource(folder("deep/er/slices/1-3")) == .folder(folder("deep/er/slices")))
  }

  @Test(.enabled(if: isInstalled)) func aSeriesKeepsItsPlaceInThePatientAndItsValues() throws {
    try write(DICOMSeries(Self.grid), "ct")
    let source = try #require(DICOMSource(folder("ct")))
    let outcome = try DICOMConversion(source).write(into: folder("out"), as: "ct")
    #expect(outcome.path.hasPrefix(folder("out/dicom/")) && outcome.path.hasSuffix("/ct.nii.gz"))
    #expect(
      outcome.sentences[0].contains("by dcm2niix v1."))
    let image = try ImageFile(opening: outcome.path)
    let geometry = try image.geometry()
    let volume = try #require(try image.volume().base as? Volume<Int16>)
    // dcm2niix may turn the order of an axis; every voxel must lie where it lay.
    let back = try #require(Self.grid.indexFromLPS)
    for (x, y, z) in [(0, 0, 0), (23, 0, 0), (0, 19, 0), (0, 0, 8), (11, 7, 4)] {
      let at = geometry.lpsFromIndex * SIMD3(Double(x), Double(y), Double(z))
      let index = back * at
      let whole = SIMD3(index.x.rounded(), index.y.rounded(), index.z.rounded())
      #expect((index - whole).length < 1e-3, "\(index)")
      #expect(Int(volume[x, y, z]) == Self.value(Int(whole.x), Int(whole.y), Int(whole.z)))
    }
    // Nothing else is left.
    #expect(folder.names(in: "out/dicom").filter { $0.hasSuffix(".nii.gz") }.count == 1)
    #expect(folder.names(in: "out/dicom").filter { $0.contains("work") }.isEmpty)
    // The patient's name is in no byte of it.
    let gunzipped = try #require(ExternalProgram("gzip")).run(["-dc", outcome.path], atMost: 60)
    #expect(!gunzipped.text.contains("DOE"))
  }

  @Test(.enabled(if: isInstalled)) func ofSeveralSeriesTheLargestIsTakenAndTheOthersAreNamed()
    throws
  {
    try write(DICOMSeries(Self.grid), "study")
    var small = DICOMSeries(Self.grid)
    small.number = 7
    small.geometry.sizes.z = 4
    try write(small, "study/second")
    let source = try #require(DICOMSource(folder("study")))
    let outcome = try DICOMConversion(source).write(into: folder("out"), as: "ct")
    #expect(
      outcome.sentences.first?.contains("series 1 (24 × 20 × 9)") == true, "\(outcome.sentences)")
    #expect(
      outcome.sentences.contains { $0.contains("not series 7 (24 × 20 × 4)") },
      "\(outcome.sentences)"
    )
  }

  /// What dcm2niix makes up is said.
  @Test(.enabled(if: isInstalled)) func slicesThatAreMissingAreTold() throws {
    try write(DICOMSeries(Self.grid), "gap")
    for number in [3, 4, 6] { unlink(folder("gap/1-\(number)")) }
    let source = try #require(DICOMSource(folder("gap")))
    let sentences = try DICOMConversion(source).write(into: folder("out"), as: "gap").sentences
    #expect(sentences.contains { $0.contains("is interpolated") }, "\(sentences)")
    #expect(sentences.contains { $0.hasPrefix("dcm2niix: Warning") }, "\(sentences)")
  }

  @Test(.enabled(if: isInstalled)) func theSameVolumeStaysAndAnotherDoesNotTakeItsPlace() throws {
    try write(DICOMSeries(Self.grid), "a/ct")
    var moved = DICOMSeries(Self.grid)
    moved.geometry.origin.x += 5
    try write(moved, "b/ct")
    func path(_ name: String) throws -> String {
      let source = try #require(DICOMSource(folder(name)))
      return try DICOMConversion(source).write(into: folder("out"), as: "ct").path
    }
    let first = try path("a/ct")
    let bytes = TemporaryFolder.read(first)
    #expect(try path("b/ct") != first)
    #expect(TemporaryFolder.read(first) == bytes)
    #expect(try path("a/ct") == first)
  }

  @Test(.enabled(if: isInstalled)) func aZipIsUnpackedWithoutItsNames() throws {
    let slices = DICOMSeries(Self.grid).files(Self.value)
    let path = folder("scan.zip")
    try Self.zip(
      path,
      slices.enumerated().map { ("../../../\(folder.path)/evil-\($0)", $1) } + [("readme", [1, 2])])
    let source = try #require(DICOMSource(path))
    let outcome = try DICOMConversion(source).write(into: folder("out"), as: "ct")
    #expect(outcome.path.hasSuffix("/ct.nii.gz"))
    #expect(try ImageFile(opening: outcome.path).geometry().sizes == Self.grid.sizes)
    #expect(folder.names(in: ".").filter { $0.contains("evil") } == [])
  }

  @Test(.enabled(if: isInstalled)) func whatHoldsNoVolumeIsRefused() throws {
    func code(_ path: String) throws -> (Diagnostic.Code, String) {
      let source = try #require(DICOMSource(path))
      do {
        _ = try DICOMConversion(source).write(into: folder("out"), as: "ct")
        return (.unexpected, "")
      } catch let error as Diagnostic { return (error.code, error.description) }
    }
    try Self.zip(folder("text.zip"), [("a", Array(repeating: 65, count: 4000))])
    #expect(try code(folder("text.zip")).1.contains("a zip archive without any"))
    let packed = folder.write(Array(folder.read("text.zip").prefix(60)), "cut.zip")
    #expect(try code(packed).0 == .malformed)
    // A slice of nothing but zeros behind its mark.
    try FileManager.default.createDirectory(
      atPath: folder("junk"), withIntermediateDirectories: true)
    folder.write(
      [UInt8](repeating: 0, count: 128) + Array("DICM".utf8) + [UInt8](repeating: 0, count: 900),
      "junk/x")
    let (kind, text) = try code(folder("junk"))
    #expect(kind.rawValue == "dicom" && text.contains("expected a series of slices"), "\(text)")
    #expect(folder.names(in: "out/dicom") == [])
  }

  /// Bytes that unpack to far more than an archive of its size justifies.
  @Test(.enabled(if: isInstalled)) func aBombIsRefused() throws {
    let slice =
      [UInt8](repeating: 0, count: 128) + Array("DICM".utf8)
      + [UInt8](repeating: 0, count: 400 << 20)
    try Self.zip(folder("bomb.zip"), [("a", slice)])
    let source = try #require(DICOMSource(folder("bomb.zip")))
    let error = #expect(throws: Diagnostic.self) {
      try DICOMConversion(source).write(into: folder("out"), as: "ct")
    }
    #expect(error?.code == .tooLarge)
    #expect(folder.names(in: "out/dicom") == [])
  }

  private static func zip(_ path: String, _ entries: [(String, [UInt8])]) throws {
    var error: Int32 = 0
    let archive = try #require(zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, &error))
    for (name, bytes) in entries {
      // Freed by the archive when it is written.
      let copy = UnsafeMutableRawPointer.allocate(byteCount: max(1, bytes.count), alignment: 1)
      bytes.withUnsafeBytes {
        if let start = $0.baseAddress { copy.copyMemory(from: start, byteCount: $0.count) }
      }
      let source = zip_source_buffer(archive, copy, UInt64(bytes.count), 0)
      #expect(zip_file_add(archive, name, source, 0) >= 0)
    }
    #expect(zip_close(archive) == 0)
  }
}
