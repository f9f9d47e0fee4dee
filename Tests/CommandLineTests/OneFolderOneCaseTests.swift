import Foundation
import TestSupport
import Testing
import VolumeIO
import Volumes

/// A folder of outputs holds one case, whole.
@Suite struct OneFolderOneCaseTests {
  private func implant(_ path: String, _ folder: TemporaryFolder, _ more: String...) throws
    -> Calvaria.Outcome
  {
    try Calvaria.run(
      ["implant", "--pipeline", RunCommandTests.pipeline, path, "-o", "\(folder.path)/out"] + more)
  }

  @Test(arguments: [["--format", "nifti"], ["--keep"], ["--format", "nifti", "--keep"]])
  func whatAnEarlierCaseLeftGoesAndIsTold(options: [String]) throws {
    let folder = TemporaryFolder()
    let path = try Phantom.write(in: folder)
    let first = try Calvaria.run(
      ["implant", "--pipeline", RunCommandTests.pipeline, path, "-o", "\(folder.path)/out"]
        + options)
    #expect(first.status == 0, "\(first.errors)")
    let more = folder.names(in: "out")
    #expect(more.count > 4)
    // What no account lists, or was changed since, stays.
    try Data("mine".utf8).write(to: URL(filePath: "\(folder.path)/out/notes.txt"))
    let second = try implant(try Phantom.write("other.nrrd", in: folder), folder)
    #expect(second.status == 0, "\(second.errors)")
    #expect(
      folder.names(in: "out") == [
        "implant.3mf", "implant.nrrd", "implant.stl", "notes.txt", "part.nrrd", "preview.png",
        "run.json",
      ])
    #expect(second.errors.contains("removed: it was made for an earlier case"))
    let removed = try folder.json("out/run.json")["removed"] as? [String]
    #expect(Set(removed ?? []) == Set(more).subtracting(folder.names(in: "out")))
  }

  @Test func whatWasChangedSinceStays() throws {
    let folder = TemporaryFolder()
    let path = try Phantom.write(in: folder)
    _ = try implant(path, folder, "--format", "nifti")
    try Data("edited".utf8).write(to: URL(filePath: "\(folder.path)/out/implant.nii.gz"))
    _ = try implant(path, folder)
    #expect(folder.names(in: "out").contains("implant.nii.gz"))
  }

  @Test func aCaseThatFailsLeavesNoneOfAnother() throws {
    let folder = TemporaryFolder()
    _ = try implant(try Phantom.write(in: folder), folder)
    let outcome = try implant("\(folder.path)/nowhere.nrrd", folder)
    #expect(outcome.status == 1)
    #expect(folder.names(in: "out") == ["run.json"])
  }

  @Test func twoAtOnceInOneFolderAreRefused() throws {
    let folder = TemporaryFolder()
    let path = try Phantom.write(in: folder)
    try FileManager.default.createDirectory(
      atPath: "\(folder.path)/out", withIntermediateDirectories: true)
    let descriptor = open("\(folder.path)/out", O_RDONLY | O_DIRECTORY)
    #expect(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
    let refused = try implant(path, folder)
    #expect(refused.status == 2)
    #expect(refused.errors.contains("another process"))
    close(descriptor)
    #expect(try implant(path, folder).status == 0)
  }
}
