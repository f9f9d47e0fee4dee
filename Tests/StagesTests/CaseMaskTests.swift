import Dataflow
import Errors
import Foundation
@testable import Stages
import TestSupport
import Testing
import VolumeIO
import Volumes
import VoxelOps

/// Masks of one case that parameters name.
@Suite struct CaseMaskTests {
  static let grid = Geometry(sizes: GridSize(24, 20, 16), spacing: SIMD3(2, 2, 3))

  static func box(_ grid: Geometry, _ low: SIMD3<Double>, _ high: SIMD3<Double>) -> Mask {
    Mask(on: grid) { out in
      for i in out.indices {
        let (row, x) = i.quotientAndRemainder(dividingBy: grid.sizes.x)
        let p =
          grid.lpsFromIndex
          * SIMD3(Double(x), Double(row % grid.sizes.y), Double(row / grid.sizes.y))
        let isInside = (0..<3).allSatisfy { p[$0] >= low[$0] && p[$0] <= high[$0] }
        out[i] = isInside ? 1 : 0
      }
    }
  }

  static let bone = box(grid, SIMD3(4, 4, 6), SIMD3(40, 30, 36))
  static let part = (SIMD3(20.0, 10, 10), SIMD3(60.0, 22, 28))

  static func resect(_ path: String) throws -> Mask {
    let stage = Resect(
      Parameters(["resection": .text(path)], for: Resect.parameters))
    _ = try stage.prepare()
    return try stage.run(Inputs(bone), in: StageContext())
  }

  /// On the same grid; on a finer one in RAS, turned and elsewhere; the same bone is gone.
  @Test func resectionsAreLaidOverThePatient() throws {
    let folder = TemporaryFolder()
    let expected = try Self.bone.subtracting(Self.box(Self.grid, Self.part.0, Self.part.1))
    try VolumeFile.write(
      AnyVolume(Self.box(Self.grid, Self.part.0, Self.part.1).asVolume),
      to: folder.path + "/same.nrrd")
    #expect(try Self.resect(folder.path + "/same.nrrd") == expected)

    let other = Geometry(
      sizes: GridSize(60, 70, 70), space: .rightAnteriorSuperior,
      directions: Matrix3(SIMD3(0, 0, 1), SIMD3(-1, 0, 0), SIMD3(0, -1, 0)),
      origin: SIMD3(-5, -2, -10))
    try VolumeFile.write(
      AnyVolume(Self.box(other, Self.part.0, Self.part.1).asVolume),
      to: folder.path + "/other.nrrd")
    #expect(try Self.resect(folder.path + "/other.nrrd") == expected)
    #expect(try Self.resect("none") == Self.bone)
  }

  @Test func masksThatCannotBeMeantAreRefused() throws {
    let folder = TemporaryFolder()
    func refusal(_ volume: AnyVolume) throws -> String {
      let path = folder.path + "/mask.nrrd"
      try VolumeFile.write(volume, to: path)
      return "\(try #require(#expect(throws: Diagnostic.self) { try Self.resect(path) }))"
    }
    var bare = Geometry(sizes: GridSize(10, 10, 10))
    bare.space = nil
    let marked = Mask(on: bare) { out in for i in out.indices { out[i] = UInt8(i % 2) } }
    #expect(try refusal(AnyVolume(marked.asVolume)).contains("the scan's grid, or both placed"))
    let empty = Mask(emptyOn: Self.grid)
    #expect(try refusal(AnyVolume(empty.asVolume)).contains("a voxel that is not 0"))
    let outside = Self.box(Self.grid, SIMD3(42, 32, 38), SIMD3(60, 60, 60))
    #expect(try refusal(AnyVolume(outside.asVolume)).contains("expected bone of the skull"))
    var far = Geometry(sizes: GridSize(10, 10, 10))
    far.origin = SIMD3(500, 0, 0)
    let elsewhere = Mask(on: far) { out in for i in out.indices { out[i] = UInt8(i % 2) } }
    #expect(try refusal(AnyVolume(elsewhere.asVolume)).contains("lies outside"))
    let scan = Volume<Int16>(on: Self.grid) { out in
      for i in out.indices { out[i] = Int16(i % 3) - 1 }
    }
    #expect(try refusal(AnyVolume(scan)).contains("a mask or labels"))
  }

  /// Stored values are not those of another mask of the same name.
  @Test(arguments: ["resection", "hole"]) func digestsFollowTheContent(parameter: String) throws {
    let folder = TemporaryFolder()
    let path = folder.path + "/mask.nrrd"
    func digests() throws -> [String: String] {
      var values: [String: ParameterValue] = ["model": .text("continuation")]
      values[parameter] = .text(path)
      if parameter == "resection" { values["hole"] = .text("resection") }
      let complete = try Complete(Parameters(values, for: Complete.parameters))
      return try complete.digests()
    }
    try VolumeFile.write(
      AnyVolume(Self.box(Self.grid, Self.part.0, Self.part.1).asVolume), to: path)
    let first = try digests()
    #expect(first[parameter] != nil && first[parameter] != path)
    #expect(try digests() == first)
    try VolumeFile.write(
      AnyVolume(Self.box(Self.grid, Self.part.0, Self.part.1 - 2).asVolume), to: path)
    #expect(try digests() != first)
  }

  /// Text, and what is wrong with it.
  @Test(arguments: [
    ("1,2", "three coordinates"), ("1,2,3;4,5", "three coordinates"),
    ("resection", "expected a resection"),
  ])
  func placesAreChecked(text: String, problem: String) throws {
    let error = #expect(throws: Diagnostic.self) {
      try Complete(
        Parameters(
          ["model": .text("continuation"), "hole": .text(text)], for: Complete.parameters))
    }
    #expect("\(try #require(error))".contains(problem), "\(error!)")
  }

  @Test func modelsThatFillWhateverTheyFindAreRefused() throws {
    let error = #expect(throws: Diagnostic.self) {
      try Complete(
        Parameters(
          ["model": .text("sample-data/model.safetensors"), "hole": .text("1,2,3")],
          for: Complete.parameters))
    }
    #expect(
      "\(try #require(error))".contains("(auto, continuation, mirror, shape)"), "\(error!)")
  }

  @Test func pointsOutsideTheScanAreRefused() throws {
    let stage = try Complete(
      Parameters(
        ["model": .text("continuation"), "hole": .text("1,2,300")], for: Complete.parameters))
    let error = #expect(throws: Diagnostic.self) {
      try stage.run(Inputs(Self.bone), in: StageContext())
    }
    #expect(
      "\(try #require(error))".contains("from (-1.0, -1.0, -1.5) to (47.0, 39.0, 46.5)"),
      "\(error!)")
  }
}
