@testable import TrainingRuns
import Files
import Foundation
import Testing

/// Which files of a folder of training data belong together.
@Suite struct FolderListingTests {
  private func listing(
    complete: [String], prism: [String], facial: [String]? = nil
  ) throws -> FolderListing {
    let root = NSTemporaryDirectory() + "calvaria-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: root) }
    for (folder, names) in [
      ("complete_skull", complete), ("prism", prism), ("facial", facial ?? []),
    ] {
      try FileManager.default.createDirectory(
        atPath: "\(root)/\(folder)", withIntermediateDirectories: true)
      for name in names {
        try Data().write(to: URL(filePath: "\(root)/\(folder)/\(name)"))
      }
    }
    return try FolderListing(
      TrainingFile.FolderSource(
        folder: root, complete: "complete_skull", cranial: ["prism"],
        facial: facial == nil ? [] : ["facial"]))
  }

  private func message(_ body: () throws -> FolderListing) -> String {
    do {
      _ = try body()
      return ""
    } catch { return "\(error)" }
  }

  @Test func filesOfOneNameBelongTogether() throws {
    let listing = try listing(
      complete: ["2.nrrd", "1.nii.gz", ".3.nrrd", "note.txt"], prism: ["1.nrrd", "2.nhdr", "2.raw"])
    #expect(listing.skulls == ["1", "2"] && listing.count == 4 && listing.warnings.isEmpty)
  }

  @Test func whatIsLeftOutIsTold() throws {
    let listing = try listing(
      complete: ["1.nrrd", "2.nrrd", "4.nrrd"], prism: ["1.nrrd", "7.nrrd", "8.nrrd"])
    #expect(listing.count == 4 && listing.warnings.count == 1)
    #expect(listing.warnings[0].contains("/prism: left out 2 of its 3 files, such as 7.nrrd"))
    #expect(listing.warnings[0].contains("no file for 2 of the 3 complete skulls, such as 2.nrrd"))
  }

  @Test func aClassWithoutAnyMatchIsAnError() {
    let text = message {
      try listing(complete: ["1.nrrd"], prism: ["1.nrrd"], facial: ["a.nrrd", "b.nrrd"])
    }
    #expect(text.contains("/facial: data.facial: expected files named as those of"))
    #expect(text.contains("found none of 2, such as a.nrrd"))
  }

  @Test func anEmptyFolderIsAnError() {
    let text = message { try listing(complete: ["1.nrrd"], prism: ["1.raw"]) }
    #expect(text.contains("/prism: data: expected NRRD or NIfTI files, found none"))
  }

  @Test func oneNameWithTwoEndingsIsAnError() {
    for folders in [(["1.nii.gz", "1.nrrd"], ["1.nrrd"]), (["1.nrrd"], ["1.nii.gz", "1.nrrd"])] {
      let text = message { try listing(complete: folders.0, prism: folders.1) }
      #expect(text.contains("found 1.nii.gz and 1.nrrd; remove one"), "\(text)")
    }
  }
}
