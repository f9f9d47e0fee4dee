import Foundation
import Dataflow
import Errors
import Files
import Skulls
import Stages
import TestSupport
import Testing
import VolumeIO
import Volumes

@Suite struct LoadTests {
  private func scan<Voxel: VoxelScalar>(
    _ values: [Voxel], name: String = "a.nrrd", label: Int? = nil, space: Space? = nil
  ) throws -> Scan {
    let folder = TemporaryFolder()
    let volume = Volume<Voxel>(on: Geometry(sizes: GridSize(values.count, 1, 1))) { voxels in
      for i in 0..<voxels.count { voxels[i] = values[i] }
    }
    try VolumeFile.write(AnyVolume(volume), to: "\(folder.path)/\(name)")
    let file = CaseFile(path: "\(folder.path)/\(name)", label: label, assumedSpace: space)
    #expect(file.extent.voxels == values.count)
    return try Load().run(Inputs(file), in: StageContext())
  }

  @Test func atMostTwoValuesAreAMask() throws {
    #expect(try scan([0, 1, 0, 1] as [UInt8]).content == .mask)
    #expect(try scan([0, 255, 255] as [Int16]).content == .mask)
    #expect(try scan([0, 0, 0] as [Float]).content == .mask)
    #expect(try scan([0, 1, 1] as [Double]).content == .mask)
    #expect(try scan([3, 3] as [Int32]).content == .mask)
  }

  @Test func threeLabelsAreAskedAbout() throws {
    let labels = try scan([0, 1, 2] as [UInt8])
    #expect(labels.doubt?.remedy.contains("--label") == true)
    #expect(throws: Diagnostic.self) { try Bone().run(Inputs(labels), in: StageContext()) }
  }

  @Test func aNegativeValueIsACT() throws {
    #expect(try scan([-1024, 1200, -1024] as [Int16]).content == .hounsfield)
    #expect(try scan([-1000, -1000] as [Int16]).content == .hounsfield)
    #expect(try scan([0, 1, .nan] as [Float]).content == .mask)
  }

  @Test func aLabelAndASpaceAreTakenAtTheirWord() throws {
    #expect(try scan([0, 1, 2] as [UInt8], label: 2).content == .label(2))
    let assumed = try scan([0, 1] as [UInt8], space: .rightAnteriorSuperior)
    #expect(assumed.volume.geometry.space == .rightAnteriorSuperior)
  }

  /// Writes a file of one type, opens it as a case, and puts another of another type in its place.
  private func replacedBeforeLoading(
    _ ending: String, staysOpen: Bool
  ) throws -> (scan: Scan, read: [FileRecord], sha256: [String]) {
    let folder = TemporaryFolder()
    func write(_ name: String, _ value: Double) throws -> String {
      let volume = Volume<Int16>(on: Geometry(sizes: GridSize(9, 7, 5))) { voxels in
        for i in 0..<voxels.count { voxels[i] = Int16(value) &+ Int16(i % 2) }
      }
      try VolumeFile.write(AnyVolume(volume), to: folder(name))
      return folder(name)
    }
    let path = try write("a" + ending, 1)
    let file = CaseFile(path: path, staysOpen: staysOpen)
    let sha256 = try file.files.map { try InputFile($0.path).sha256() }
    for opened in file.files {
      // The data file of a detached header has another name than its header.
      let other = opened.path.replacing("/a.", with: "/b.")
      _ = try write("b" + ending, 7)
      rename(other, opened.path)
    }
    let context = StageContext()
    let scan = try Load().run(Inputs(file), in: context)
    let read = context.facts.compactMap { $0 as? FilesRead }
    return (scan, read.flatMap(\.files), sha256)
  }

  /// The header is read once, and what is hashed is what the voxels were made of: another file under the same name does
  /// not matter any more.
  @Test(arguments: [".nrrd", ".nhdr", ".nii", ".nii.gz", ".hdr"])
  func readsTheFileThatWasOpened(ending: String) throws {
    let (scan, read, sha256) = try replacedBeforeLoading(ending, staysOpen: true)
    #expect((scan.volume.base as? Volume<Int16>)?[0, 0, 0] == 1)
    #expect(read.map(\.sha256) == sha256)
    #expect(read.count == (ending == ".nhdr" || ending == ".hdr" ? 2 : 1))
  }

  @Test(arguments: [".nrrd", ".nii.gz"])
  func refusesAnotherFileThanWasPlanned(ending: String) throws {
    let error = try #require(
      #expect(throws: Diagnostic.self) {
        try replacedBeforeLoading(ending, staysOpen: false)
      })
    #expect(error.code == .transient)
  }

  @Test func aFileThatCannotBeReadHasNoExtentAndTellsWhenItIsLoaded() throws {
    let file = CaseFile(path: "/nowhere/a.nrrd")
    #expect(file.extent.voxels == 0)
    #expect {
      try Load().run(Inputs(file), in: StageContext())
    } throws: {
      "\($0)".hasPrefix("/nowhere/a.nrrd: file: expected a readable file")
    }
  }
}
