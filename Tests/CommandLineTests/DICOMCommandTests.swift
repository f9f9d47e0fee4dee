import Foundation
import OtherPrograms
import TestSupport
import Testing
import VolumeIO
import Volumes

/// DICOM where a volume is expected.
@Suite struct DICOMCommandTests {
  private let folder = TemporaryFolder()

  private func writePhantom(_ name: String, shift: Double = 0) throws {
    try FileManager.default.createDirectory(atPath: folder(name), withIntermediateDirectories: true)
    let scan = Phantom.scan()
    var geometry = scan.geometry
    geometry.origin.x += shift
    for (number, file) in DICOMSeries(geometry).files({ Int(scan[$0, $1, $2]) }).enumerated() {
      folder.write(file, "\(name)/\(number).dcm")
    }
  }

  @Test(.enabled(if: ExternalProgram("dcm2niix") != nil))
  func anImplantOfAFolderIsThatOfItsVolume() throws {
    try writePhantom("ct")
    let path = try Phantom.write(in: folder)
    func voxels(_ path: String, _ out: String) throws -> Int {
      let outcome = try Calvaria.run(
        "implant", "--pipeline", RunCommandTests.pipeline, path, "-o", folder(out))
      #expect(outcome.status == 0, "\(outcome.errors)")
      if out == "dicom" { #expect(outcome.errors.contains("by dcm2niix")) }
      let volume = try ImageFile(opening: folder("\(out)/implant.nrrd")).volume()
      return Mask(nonzeroOf: try #require(volume.base as? Volume<UInt8>)).voxelCount
    }
    let (ofDICOM, ofNRRD) = (try voxels(folder("ct"), "dicom"), try voxels(path, "nrrd"))
    #expect(ofNRRD > 100 && abs(ofDICOM - ofNRRD) < ofNRRD / 50, "\(ofDICOM), \(ofNRRD)")
    let volume = try #require(folder.names(in: "dicom/dicom").first { $0.hasSuffix("/ct.nii.gz") })
    let account = String(decoding: folder.read("dicom/run.json"), as: UTF8.self)
    #expect(account.contains("dicom/\(volume)") && account.contains("converted from DICOM (ct)"))
  }

  /// Every vendor calls the folder so.
  @Test(.enabled(if: ExternalProgram("dcm2niix") != nil))
  func twoFoldersOfOneNameStayTwoPatients() throws {
    try writePhantom("one/DICOM")
    try writePhantom("two/DICOM", shift: 40)
    let outcome = try Calvaria.run(
      "run", RunCommandTests.pipeline, folder("one/DICOM"), folder("two/DICOM"), "-o", folder("out")
    )
    #expect(outcome.status == 0, "\(outcome.errors)")
    let places = try ["one-DICOM", "two-DICOM"].map {
      try ImageFile(opening: folder("out/\($0)/implant.nrrd")).geometry().lpsFromIndex * .zero
    }
    #expect(abs(places[1].x - places[0].x - 40) < 1e-3, "\(places)")
    let account = String(decoding: folder.read("out/run.json"), as: UTF8.self)
    #expect(account.components(separatedBy: "converted from DICOM").count - 1 == 2)
  }

  @Test(.enabled(if: ExternalProgram("dcm2niix") != nil))
  func convertMakesAFileAndLeavesNothingElse() throws {
    try writePhantom("ct")
    let outcome = try Calvaria.run("convert", folder("ct"), folder("made/scan.nrrd"))
    #expect(outcome.status == 1 && outcome.errors.contains("made"), "\(outcome.errors)")
    try FileManager.default.createDirectory(
      atPath: folder("made"), withIntermediateDirectories: true)
    for name in ["scan.nrrd", "scan.nii.gz"] {
      let outcome = try Calvaria.run("convert", folder("ct"), folder("made/\(name)"))
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.errors.contains("converted from DICOM (ct)"))
    }
    // An error is about what was named, not about a file that is gone.
    let refused = try Calvaria.run(
      "convert", folder("ct"), folder("made/small.nrrd"), "--type", "uint8")
    #expect(refused.status == 1 && refused.errors.contains("error: \(folder("ct")): voxel"))
    #expect(folder.names(in: "made").sorted() == ["scan.nii.gz", "scan.nrrd"])
    let volumes = try ["scan.nrrd", "scan.nii.gz"].map {
      try #require(try ImageFile(opening: folder("made/\($0)")).volume().base as? Volume<Int16>)
    }
    let scan = Phantom.scan()
    #expect(volumes[0].sizes.count == scan.sizes.count)
    for index in 0..<8 { #expect(volumes[0][index, 3, 2] == volumes[1][index, 3, 2]) }
  }

  @Test func aFolderWithoutSlicesIsAnsweredWithWhatToDo() throws {
    try FileManager.default.createDirectory(
      atPath: folder("empty"), withIntermediateDirectories: true)
    let outcome = try Calvaria.run("implant", folder("empty"), "-o", folder("out"))
    #expect(outcome.status == 1 && outcome.errors.contains("a folder without"), "\(outcome.errors)")
    #expect(outcome.errors.contains("calvaria batch"))
  }

  @Test func withoutDcm2niixItIsSaidHowToGetIt() throws {
    try writePhantom("ct")
    let outcome = try Calvaria.run(
      ["implant", folder("ct"), "-o", folder("out")], environment: ["PATH": folder("nowhere")])
    #expect(outcome.status == 1, "\(outcome.errors)")
    #expect(outcome.errors.contains("apt-get install dcm2niix"), "\(outcome.errors)")
    #expect(!FileManager.default.fileExists(atPath: folder("out/dicom")))
  }
}
