import Foundation
import TestSupport
import Testing
import VolumeIO
import Volumes

/// `calvaria compare`.
@Suite struct CompareCommandTests {
  static func write(_ mask: Mask, _ name: String, in folder: TemporaryFolder) throws -> String {
    let path = "\(folder.path)/\(name)"
    try VolumeFile.write(AnyVolume(mask.asVolume), to: path)
    return path
  }

  @Test func aHoleIsToldInFiguresMapAndPicture() throws {
    let folder = TemporaryFolder()
    let hole = (centre: SIMD3(55.0, 0, 55), radius: 24.0)
    let first = try Self.write(TurnedHead().mask(spacing: 2.5), "first.nrrd", in: folder)
    let second = try Self.write(
      TurnedHead(centre: SIMD3(0, 0, 0), holes: [hole]).mask(spacing: 2.5), "second.nii.gz",
      in: folder)
    let out = "\(folder.path)/out"
    let outcome = try Calvaria.run("compare", first, second, "-o", out, "--json")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let account = try #require(
      try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    #expect(account["notice"] as? String == "Not for clinical use without review.")
    let lost = try #require(account["lost"] as? [String: Any])
    #expect((try #require(lost["volumeCM3"] as? Double)) > 5, "\(lost)")
    #expect((lost["places"] as? [Any])?.count == 1)
    #expect((account["gained"] as? [String: Any])?["volumeCM3"] as? Double == 0)
    let registration = try #require(account["registration"] as? [String: Any])
    let shift = try #require(registration["shiftMM"] as? [Double])
    for (found, moved) in zip(shift, [-10.0, 20, -30]) { #expect(abs(found - moved) < 0.5) }
    #expect(folder.names(in: "out") == ["change.nrrd", "change.png", "compare.json"])
    let map = try ImageFile(opening: "\(out)/change.nrrd").volume()
    #expect(map.geometry == (try ImageFile(opening: first).volume().geometry))
    let values = try #require(map.base as? Volume<Float>)
    #expect(values.withVoxels { voxels in voxels.contains { $0 < -5 } })

    let text = try Calvaria.run("compare", first, second)
    #expect(text.output.contains("lost  ") && text.output.contains("gained  0.0 cm³ in 0 places"))
  }

  @Test func otherHeadsAndOtherThingsAreRefused() throws {
    let folder = TemporaryFolder()
    let mask = TurnedHead().mask(spacing: 2.5)
    let first = try Self.write(mask, "first.nrrd", in: folder)
    var geometry = mask.geometry
    geometry.directions = Matrix3(
      geometry.directions[0] * 1.1, geometry.directions[1] * 0.92, geometry.directions[2])
    let other = try Self.write(
      Mask(nonzeroOf: mask.asVolume.reoriented(geometry)), "other.nrrd", in: folder)
    let outcome = try Calvaria.run("compare", first, other, "-o", "\(folder.path)/out")
    #expect(outcome.status == 1)
    #expect(outcome.errors.contains("other.nrrd: bone: expected the head of "), "\(outcome.errors)")
    #expect(!folder.names().contains("out"))
    let block = Mask(on: Geometry(sizes: GridSize(20, 20, 20), spacing: SIMD3(1, 1, 1))) {
      for i in 3000..<4000 { $0[i] = 1 }
    }
    let path = try Self.write(block, "block.nrrd", in: folder)
    let refused = try Calvaria.run("compare", first, path)
    #expect(refused.status == 1 && refused.errors.contains("two scans of a head"))
  }
}
