import BetaVAE
import Foundation
import TestSupport
import Testing
import VolumeIO
import Volumes

/// Segmentations of 3D Slicer: segments are chosen by name, in files of every age.
@Suite struct SegmentTests {
  /// A file with the vault and its brain as segments, as some version of 3D Slicer writes it.
  struct Layout: CustomTestStringConvertible, Sendable {
    var testDescription: String
    /// What the header says of the two segments.
    var fields: String
    /// The values of a voxel, layer by layer; one where the file has three axes.
    var values: @Sendable (_ isBone: Bool, _ isBrain: Bool) -> [UInt8]
    var listIsLast = false
  }

  static let layouts = [
    Layout(
      testDescription: "labels in one layer",
      fields: """
        Segment0_ID:=Segment_1
        Segment0_Name:=brain
        Segment0_LabelValue:=1
        Segment0_Layer:=0
        Segment1_ID:=Segment_2
        Segment1_Name:=skull
        Segment1_LabelValue:=2
        Segment1_Layer:=0

        """, values: { [$0 ? 2 : $1 ? 1 : 0] }),
    Layout(
      testDescription: "layers that overlap",
      fields: """
        Segment0_ID:=Segment_1
        Segment0_Name:=brain
        Segment0_LabelValue:=3
        Segment0_Layer:=0
        Segment1_ID:=Segment_2
        Segment1_Name:=skull
        Segment1_LabelValue:=1
        Segment1_Layer:=1
        Segment2_Name:=implant
        Segment2_LabelValue:=9
        Segment2_Layer:=1

        """, values: { [$0 || $1 ? 3 : 0, $0 ? 1 : 0] }),
    Layout(
      testDescription: "layers, the last axis",
      fields: """
        Segment0_Name:=brain
        Segment0_LabelValue:=1
        Segment0_Layer:=1
        Segment1_Name:=skull
        Segment1_LabelValue:=2
        Segment1_Layer:=0

        """, values: { [$0 ? 2 : 0, $1 ? 1 : 0] }, listIsLast: true),
    Layout(
      testDescription: "before 4.11, a layer each",
      fields: """
        Segment0_ID:=Segment_1
        Segment0_Name:=brain
        Segment1_ID:=Segment_2
        Segment1_Name:=skull

        """, values: { [$1 ? 1 : 0, $0 ? 1 : 0] }),
  ]

  private func write(_ layout: Layout, in folder: TemporaryFolder, name: String = "head.seg.nrrd")
    throws
    -> String
  {
    let head = UnclearInputTests.head()
    let count = layout.values(false, false).count
    let sizes = head.geometry.sizes
    var layers = [[UInt8]](repeating: [], count: count)
    var mixed: [UInt8] = []
    head.withVoxels { voxels in
      for value in voxels {
        let values = layout.values(value >= 226, value > -500 && value < 226)
        mixed += values
        for layer in values.indices { layers[layer].append(values[layer]) }
      }
    }
    let space = "\(sizes.x) \(sizes.y) \(sizes.z)"
    let directions = "(2,0,0) (0,-2,0) (0,0,2)"
    func axes(_ list: String, _ spatial: String) -> String {
      count == 1 ? spatial : layout.listIsLast ? "\(spatial) \(list)" : "\(list) \(spatial)"
    }
    let header = """
      NRRD0004
      type: unsigned char
      dimension: \(count == 1 ? 3 : 4)
      space: left-posterior-superior
      sizes: \(axes("\(count)", space))
      space directions: \(axes("none", directions))
      kinds: \(axes("list", "domain domain domain"))
      encoding: raw
      space origin: (-71,87,10)
      \(layout.fields)

      """
    var data = Data(header.utf8)
    data += layout.listIsLast ? Data(layers.joined()) : Data(mixed)
    return try folder.write(data, to: name)
  }

  private func implant(_ path: String, _ folder: TemporaryFolder, _ more: [String]) throws
    -> Calvaria.Outcome
  {
    try Calvaria.run(
      ["implant", "--pipeline", RunCommandTests.pipeline, path, "-o", "\(folder.path)/out"] + more)
  }

  @Test(arguments: layouts) func isChosenByName(layout: Layout) throws {
    let folder = TemporaryFolder()
    let mask = try UnclearInputTests.write(folder, "mask.nrrd") { $0 >= 226 ? UInt8(1) : 0 }
    #expect(try implant(mask, folder, []).status == 0)
    let right = try Data(contentsOf: URL(filePath: folder.path + "/out/implant.stl"))

    let path = try write(layout, in: folder)
    let outcome = try implant(path, folder, ["--segment", "skull"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(try Data(contentsOf: URL(filePath: folder.path + "/out/implant.stl")) == right)
    let account = try String(contentsOfFile: folder.path + "/out/run.json", encoding: .utf8)
    #expect(
      account.contains("\"segment\" : \"skull\"") || account.contains("\"segment\": \"skull\""))

    let info = try Calvaria.run("info", path)
    #expect(info.output.contains("skull (label "), "\(info.output)")
    #expect(try Calvaria.run("info", path, "--json").output.contains("\"segments\""))
    let scored = try Calvaria.run(["evaluate", path, mask, "--segment", "skull"])
    #expect(scored.status == 0 && scored.output.contains("1.0"), "\(scored.output)\(scored.errors)")
    let mesh = try Calvaria.run([
      "mesh", path, "-o", folder.path + "/skull.stl", "--segment", "skull",
    ])
    #expect(mesh.status == 0, "\(mesh.errors)")
  }

  /// Without a name, or with a wrong one, the error lists those that there are.
  @Test(arguments: layouts) func namesAreListed(layout: Layout) throws {
    let folder = TemporaryFolder()
    let path = try write(layout, in: folder)
    let unnamed = try implant(path, folder, [])
    #expect(unnamed.status == 1)
    #expect(unnamed.errors.contains("--segment"), "\(unnamed.errors)")
    #expect(unnamed.errors.contains("skull") && unnamed.errors.contains("brain"))
    let wrong = try implant(path, folder, ["--segment", "skul"])
    #expect(wrong.status == 1)
    #expect(wrong.errors.contains("did you mean --segment \"skull\"?"), "\(wrong.errors)")
    let both = try implant(path, folder, ["--segment", "skull", "--label", "2"])
    #expect(both.status == 2)
  }

  @Test func anEmptySegmentAndAFileWithoutNamesAreRefused() throws {
    let folder = TemporaryFolder()
    let path = try write(Self.layouts[1], in: folder)
    let empty = try implant(path, folder, ["--segment", "implant"])
    #expect(empty.status == 1)
    #expect(empty.errors.contains("none in layer 1 with the value 9"), "\(empty.errors)")
    let scan = try implant(
      try UnclearInputTests.write(folder, "ct.nrrd") { $0 }, folder, ["--segment", "skull"])
    #expect(scan.status == 1)
    #expect(scan.errors.contains("without names"), "\(scan.errors)")
  }

  @Test func aBatchReadsASegmentOfEveryCase() throws {
    let folder = TemporaryFolder()
    try FileManager.default.createDirectory(
      atPath: folder.path + "/set", withIntermediateDirectories: true)
    for (number, layout) in Self.layouts.enumerated() {
      _ = try write(layout, in: folder, name: "set/case\(number).nrrd")
    }
    let outcome = try Calvaria.run([
      "batch", folder.path + "/set", "-o", folder.path + "/all", "--pipeline",
      RunCommandTests.pipeline, "--segment", "skull", "--jobs", "1",
    ])
    #expect(outcome.status == 0, "\(outcome.errors)")
    // Another segment is another value: nothing is taken for done.
    let other = try Calvaria.run([
      "batch", folder.path + "/set", "-o", folder.path + "/all", "--pipeline",
      RunCommandTests.pipeline, "--segment", "brain", "--jobs", "1",
    ])
    #expect(!other.output.contains("4 of them reused"), "\(other.output)")
  }

  /// `data.segment`: what is learned of segments is what is learned of the same bone as masks.
  @Test(arguments: layouts) func aTrainingReadsASegmentOfEveryFile(layout: Layout) throws {
    let folder = TemporaryFolder()
    for part in ["complete_skull", "defective_skull/prism"] {
      for set in ["segments", "masks"] {
        try FileManager.default.createDirectory(
          atPath: "\(folder.path)/\(set)/\(part)", withIntermediateDirectories: true)
      }
      for number in 0..<2 {
        _ = try write(layout, in: folder, name: "segments/\(part)/\(number).nrrd")
        _ = try UnclearInputTests.write(folder, "masks/\(part)/\(number).nrrd") {
          $0 >= 226 ? UInt8(1) : 0
        }
      }
    }
    func trained(_ set: String, _ more: String) throws -> (Calvaria.Outcome, TrainedBetaVAE?) {
      let file = try folder.write(
        """
        version: 1
        network: {shape: 16x16x16, channels: [4, 8], latent: 4}
        data: {folder: \(folder.path)/\(set), cranial: [defective_skull/prism], facial: none,
          validation: 0\(more)}
        stage1: {epochs: 1, keep: last}
        """, to: "t.yaml")
      let out = "\(folder.path)/out-\(set)\(more.filter(\.isLetter))"
      let outcome = try Calvaria.run("train", file, "-q", "-o", out)
      guard outcome.status == 0 else { return (outcome, nil) }
      return (outcome, try TrainedBetaVAE(contentsOf: out + "/model.safetensors"))
    }
    let (plain, right) = try trained("masks", "")
    #expect(right != nil, "\(plain.errors)")
    let (chosen, found) = try trained("segments", ", segment: skull")
    #expect(found?.parameters == right?.parameters, "\(chosen.errors)")
    let (other, brain) = try trained("segments", ", segment: brain")
    #expect(brain != nil && brain?.parameters != right?.parameters, "\(other.errors)")
    // Without a name, or with a wrong one, those that there are stand in the error.
    for more in ["", ", segment: skul"] {
      let (refused, _) = try trained("segments", more)
      #expect(refused.status != 0)
      #expect(refused.errors.contains("skull"), "\(refused.errors)")
      #expect(refused.errors.contains("data.segment"), "\(refused.errors)")
    }
  }
}
