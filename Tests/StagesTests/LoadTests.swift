import Foundation
import Dataflow
import Errors
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
