import Foundation
import OtherPrograms
import TestSupport
import Testing
import VolumeIO
import Volumes

/// DICOM where a volume is expected.
@Suite struct DICOMCommandTests {
  private let folder = TemporaryFolder()

  private func writePhantom(_ name: String) throws {
    try FileManager.default.createDirectory(atPath: folder(name), withIntermediateDirectories: true)
    let scan = Phantom.scan()
    for (number, file) in DICOMSeries(scan.geometry).files({ Int(scan[$0, $1, $2]) }).enumerated() {
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
      if out == "dicom" { #expect(outcome.errors.contains("converted by dcm2niix")) }
      let volume = try ImageFile(opening: folder("\(out)/implant.nrrd")).volume()
      return Mask(nonzeroOf: try #require(volume.base as? Volume<UInt8>)).voxelCount
    }
    let (ofDICOM, ofNRRD) = (try voxels(folder("ct"), "dicom"), try voxels(path, "nrrd"))
    #expect(ofNRRD > 100 && abs(ofDICOM - ofNRRD) < ofNRRD / 50, "\(ofDICOM), \(ofNRRD)")
    #expect(folder.names(in: "dicom/dicom") == ["ct.nii.gz"])
    let account = try folder.json("dicom/run.json")
    #expect("\(account)".contains("dicom/dicom/ct.nii.gz"))
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
