import Dataflow
import Errors
import Skulls
import Stages
import Testing
import VoxelOps
import Volumes

@Suite struct BoneTests {
  /// A row of values: two pieces at 226 HU and above, of three and of one voxel.
  static func row(_ values: [Int16], _ content: ScanContent) -> Scan {
    let volume = Volume<Int16>(on: Geometry(sizes: GridSize(values.count, 1, 1))) { voxels in
      for i in 0..<voxels.count { voxels[i] = values[i] }
    }
    return Scan(volume: AnyVolume(volume), content: content)
  }

  private func taken(_ stage: Bone, _ scan: Scan) throws -> (bits: [Int], context: StageContext) {
    let context = StageContext(cores: 2)
    let mask = try stage.run(Inputs(scan), in: context)
    return ((0..<mask.sizes.x).map { mask[$0, 0, 0] ? 1 : 0 }, context)
  }

  @Test func ofACTTheLargestPieceFromTheThresholdOn() throws {
    let scan = Self.row([900, 0, 226, 300, 227, 225, 226], .hounsfield)
    let (bits, context) = try taken(Bone(), scan)
    #expect(bits == [0, 0, 1, 1, 1, 0, 0])
    #expect(context.notes["voxels"] == .integer(3))
    #expect(
      context.notes["taken"] == .text("v >= 226.0 HU, largest 26-connected component"))
    #expect(try taken(Bone(takesEveryPiece: true), scan).bits == [1, 0, 1, 1, 1, 0, 1])
    #expect(try taken(Bone(threshold: 300), scan).bits == [1, 0, 0, 0, 0, 0, 0])
  }

  @Test func ofAMaskEverythingWhateverTheThreshold() throws {
    let scan = Self.row([255, 0, 255, 255], .mask)
    #expect(try taken(Bone(threshold: 500), scan).bits == [1, 0, 1, 1])
  }

  @Test func ofSeveralLabelsTheOne() throws {
    let scan = Self.row([1, 2, 0, 2, 300], .label(2))
    #expect(try taken(Bone(), scan).bits == [0, 1, 0, 1, 0])
    let error = #expect(throws: Diagnostic.self) {
      try taken(Bone(), Self.row([1, 2], .label(9)))
    }
    #expect(error?.code.rawValue == "no-bone")
    #expect(error?.found.contains("1 (0.001 cm³), 2 (0.001 cm³)") == true)
  }

  @Test func emptyBoneIsAnError() throws {
    let error = #expect(throws: Diagnostic.self) {
      try taken(Bone(), Self.row([-1000, 40, 225], .hounsfield))
    }
    #expect(error?.expected == "voxels of at least 226 HU")
    #expect(error?.found.contains("−1000 to 225") == true)
  }

  @Test func anEmptyMaskIsWarnedOf() throws {
    let (bits, context) = try taken(Bone(), Self.row([0, 0], .mask))
    #expect(bits == [0, 0])
    #expect(context.warnings.count == 1)
  }

  /// A threshold that the user sets counts where the values leave open what is bone.
  @Test func aSetThresholdSettlesDoubtAndCutsSoftMasks() throws {
    var scan = Self.row([0, 120, 130, 255], .hounsfield)
    scan.doubt = Diagnostic(
      Diagnostic.Code("unclear-values"), field: "voxels", expected: "HU", found: "a picture")
    #expect(throws: Diagnostic.self) { try taken(Bone(), scan) }
    var stage = Bone(threshold: 128, takesEveryPiece: true)
    stage.isThresholdSet = true
    #expect(try taken(stage, scan).bits == [0, 0, 1, 1])
    let soft = Self.row([0, 120, 130, 255], .soft(200))
    #expect(try taken(Bone(), soft).bits == [0, 0, 0, 1])
    #expect(try taken(stage, soft).bits == [0, 0, 1, 1])
  }

  /// With HU + 1024 in the file, 1250 can only be a value of the file, and 300 only HU.
  @Test func aThresholdIsOfTheFileOrOfHU() throws {
    var scan = Self.row([-1000, 225, 226, 300], .hounsfield)
    scan.offset = 1024
    func bits(_ threshold: Double) throws -> [Int] {
      var stage = Bone(threshold: threshold, takesEveryPiece: true)
      stage.isThresholdSet = true
      return try taken(stage, scan).bits
    }
    #expect(try bits(1250) == [0, 0, 1, 1])
    #expect(try bits(300) == [0, 0, 0, 1])
  }

  /// Salt in a scan: an implant would have a hole for each voxel.
  @Test func singleVoxelsOfNoiseAreSaid() throws {
    func warnings(every step: Int, pairs: Bool = false) throws -> [String] {
      let volume = Volume<Int16>(on: Geometry(sizes: GridSize(60, 60, 60))) { voxels in
        for i in voxels.indices { voxels[i] = i / 3600 < 10 ? 900 : 20 }
        for i in stride(from: 3600 * 12 + 7, to: voxels.count - 1, by: step) {
          voxels[i] = 3071
          if pairs { voxels[i + 1] = 3071 }
        }
      }
      let scan = Scan(volume: AnyVolume(volume), content: .hounsfield)
      let context = StageContext(cores: 2)
      _ = try Bone(takesEveryPiece: true).run(Inputs(scan), in: context)
      return context.warnings
    }
    let told = try warnings(every: 311)
    #expect(told.count == 1 && told[0].hasPrefix("556 single voxels"), "\(told)")
    #expect(try warnings(every: 1103) == [])
    // Specks of two voxels may be bone.
    #expect(try warnings(every: 311, pairs: true) == [])
  }
}
