import Errors
import Recognition
import Skulls
import Testing
import Volumes
import VoxelOps

/// What a volume is, by its values: kinds that public reports name, each in several forms.
@Suite struct RecognizedVolumeTests {
  static let head = TestHead()
  private var head: TestHead { Self.head }

  private func bone(_ volume: AnyVolume) throws -> Int {
    try RecognizedVolume(volume).bone().voxelCount
  }

  @Test func aCTInHUStaysAsItIs() throws {
    for volume in [
      head.volume { $0 }, head.volume { Float($0) + 0.25 }, head.volume { max($0, -200) },
    ] {
      let recognized = RecognizedVolume(volume, threads: 2)
      #expect(recognized.kind == .ct)
      #expect(recognized.content == .hounsfield)
      #expect(recognized.doubt == nil)
      #expect(recognized.offset == 0)
      #expect(try recognized.bone().voxelCount == head.boneCount)
    }
    #expect(RecognizedVolume(head.volume { $0 }).warnings.isEmpty)
    #expect(RecognizedVolume(head.volume { $0 }).reason.contains("air at −"))
  }

  /// Bone in air, as of a collection: no soft tissue says where 0 HU is.
  @Test func aDrySkullIsACTInHU() throws {
    let volumes = [
      head.volume { $0 >= 226 ? $0 : -1000 + $0 % 8 }, head.volume { $0 >= 226 ? $0 : -1024 },
      try head.soft { Int16(1800 * $0 - 1000) }, try head.soft { Float(2500 * $0 - 1024) },
    ]
    for volume in volumes {
      let recognized = RecognizedVolume(volume, threads: 2)
      #expect(recognized.kind == .ct && recognized.offset == 0, "\(recognized.reason)")
      #expect(recognized.doubt == nil)
    }
    #expect(try bone(volumes[0]) == head.boneCount)
  }

  @Test(arguments: [1024.0, 1000, -1024, 32_768]) func anOffsetIsTakenBack(offset: Double) throws {
    let volumes = [
      head.volume { Int32($0) + Int32(offset) }, head.volume { Float($0) + Float(offset) },
    ]
    for volume in volumes {
      let recognized = RecognizedVolume(volume, threads: 2)
      #expect(recognized.kind == .offsetCT)
      #expect(recognized.offset == offset)
      #expect(recognized.warnings.contains { $0.contains("\(Int(abs(offset)))") })
      #expect(try recognized.bone().voxelCount == head.boneCount)
    }
  }

  @Test func anOffsetOf16BitsToo() throws {
    let recognized = RecognizedVolume(head.volume { UInt16($0 + 1024) })
    #expect(recognized.volume.scalarType == .int16)
    #expect(try recognized.bone().voxelCount == head.boneCount)
  }

  @Test func wrappedValuesGetTheirSignBack() throws {
    let volumes = [
      head.volume { UInt16(bitPattern: $0) }, head.volume { Int32(UInt16(bitPattern: $0)) },
      head.volume { Float(UInt16(bitPattern: $0)) }, head.volume { UInt32(bitPattern: Int32($0)) },
      head.volume { UInt16($0 < 0 ? $0 + 4096 : $0) },
    ]
    for volume in volumes {
      let recognized = RecognizedVolume(volume, threads: 2)
      #expect(recognized.kind == .wrappedCT)
      #expect(recognized.warnings.contains { $0.contains("without their sign") })
      #expect(try recognized.bone().voxelCount == head.boneCount)
    }
  }

  @Test func masksOfOtherValuesAreMasks() throws {
    let volumes = [
      head.mask { Int8($0 ? -1 : 0) }, head.mask { UInt8($0 ? 2 : 1) },
      head.mask { Int16($0 ? 1 : 2) },
      head.mask { $0 ? Float(1) : Float.nan }, head.mask { UInt8($0 ? 255 : 0) },
    ]
    for volume in volumes {
      #expect(RecognizedVolume(volume).kind == .mask)
      #expect(try bone(volume) == head.boneCount)
    }
  }

  @Test func softAndInexactMasksAreCutAtHalf() throws {
    let expected = try bone(try head.soft { UInt8(nearest: $0 >= 0.5 ? 1 : 0) })
    let volumes = [
      try head.soft { UInt8(nearest: 255 * $0) }, try head.soft { Float($0) },
      try head.soft { Int16(nearest: 1000 * $0) },
    ]
    for volume in volumes {
      let recognized = RecognizedVolume(volume)
      #expect(recognized.kind == .softMask)
      #expect(recognized.warnings.count == 1)
      #expect(abs(try recognized.bone().voxelCount - expected) < expected / 50)
    }
    var step: Float = 0
    let noisy = head.mask { (isBone: Bool) -> Float in
      step += 1
      return (isBone ? 1 : 0) + 1e-6 * step.truncatingRemainder(dividingBy: 7)
    }
    #expect(
      RecognizedVolume(noisy).content == .soft(0.5) || RecognizedVolume(noisy).kind == .softMask)
    #expect(try bone(noisy) == head.boneCount)
  }

  /// Values that are no HU: refused, with the option that settles it.
  @Test func whatIsNotHUIsRefused() {
    func window(_ low: Double, _ high: Double) -> AnyVolume {
      head.volume { UInt8(nearest: (Double($0) - low) / (high - low) * 255) }
    }
    // A brain that was cut out of an MR.
    let brain = head.volume { (value: Int16) -> Int16 in abs(value) < 80 ? 500 + 3 * value : 0 }
    let volumes: [(AnyVolume, RecognizedVolume.Kind)] = [
      (brain, .grey),
      (window(-700, 1300), .picture), (window(0, 80), .picture), (window(-1000, 2000), .picture),
      (head.volume { (Float($0) + 1024) / 4095 }, .normalised),
      (head.volume { min(max(Float($0) / 1000, -1), 1) }, .normalised),
      (head.volume { $0 / 2 }, .grey),
      // Numbers that nobody adds, another sign, another unit.
      (head.volume { $0 + 512 }, .grey), (head.volume { Float($0) + 300 }, .grey),
      (head.volume { Int32($0) - 180 }, .grey), (head.volume { -$0 }, .grey),
      (head.volume { -Float($0) + 200 }, .grey), (head.volume { Int32($0) * 10 }, .grey),
      (head.volume { Float($0) * 5 }, .grey),
      (
        head.volume {
          UInt16($0 < -300 ? 8 + ($0 & 7) : $0 < 150 ? 600 + 3 * $0 : 60 + ($0 / 50 & 15))
        }, .grey
      ),
    ]
    for (volume, kind) in volumes {
      let recognized = RecognizedVolume(volume)
      #expect(recognized.kind == kind, "\(recognized.reason)")
      #expect(recognized.doubt?.remedy.contains("take the CT in HU") == true)
      #expect(throws: Diagnostic.self) { try recognized.bone() }
    }
  }

  @Test func theThresholdThatIsNamedIsTheRightOne() throws {
    for (volume, threshold) in [
      (head.volume { $0 + 512 }, 738.0), (head.volume { Float($0) - 300 }, -74),
      (head.volume { Int32($0) * 10 }, 2260), (head.volume { Float($0) * 5 }, 1130),
    ] {
      let remedy = try #require(RecognizedVolume(volume).doubt?.remedy)
      let named = try #require(remedy.split(separator: "threshold=").last.flatMap { Double($0) })
      #expect(abs(named - threshold) <= 40, "\(remedy)")
    }
    // With the other sign none takes the bone.
    let remedy = try #require(RecognizedVolume(head.volume { -$0 }).doubt?.remedy)
    #expect(!remedy.contains("threshold") && remedy.contains("sign"), "\(remedy)")
  }

  /// A dry skull in air, with what a scanner puts where it sees nothing.
  @Test(arguments: [-2000, -3024, -8192, -9999] as [Int16]) func fillIsNoUnit(fill: Int16) {
    var number = 0
    let volume = head.volume { (value: Int16) -> Int16 in
      number += 1
      return value >= 226 ? value : number % 5 == 0 ? fill : -1000 + value % 8
    }
    #expect(RecognizedVolume(volume).doubt == nil, "\(RecognizedVolume(volume).reason)")
  }

  @Test func labelMapsListTheirLabels() throws {
    let half = head.volume { $0 > 150 ? UInt8(2) : $0 > -300 ? 1 : 0 }
    let large = head.volume { $0 > 150 ? Int16(91) : $0 > -300 ? 17 : 0 }
    let unlabelled = head.volume { $0 > 150 ? Int8(5) : $0 > -300 ? 1 : -1 }
    for (volume, label) in [(half, 2), (large, 91), (unlabelled, 5)] {
      let recognized = RecognizedVolume(volume)
      #expect(recognized.kind == .labels)
      let doubt = try #require(recognized.doubt)
      #expect(doubt.found.contains("\(label) ("))
      #expect(doubt.found.contains("cm³"))
      #expect(doubt.remedy.contains("--label"))
    }
  }

  @Test func anInvertedMaskAndAFullOneAreAskedAbout() {
    let inverted = RecognizedVolume(head.mask { UInt8($0 ? 0 : 1) })
    #expect(inverted.doubt?.remedy.contains("--label 0") == true)
    #expect(RecognizedVolume(head.mask { _ in UInt8(1) }).doubt != nil)
    #expect(RecognizedVolume(head.mask { UInt8($0 ? 1 : 0) }).doubt == nil)
  }

  @Test func aCTWithoutNegativeValuesIsReadAndTold() throws {
    let volumes = [head.volume { max($0, 0) }, head.volume { $0 >= 226 ? $0 : 0 }]
    for volume in volumes {
      let recognized = RecognizedVolume(volume)
      #expect(recognized.kind == .ct)
      #expect(recognized.warnings.contains { $0.contains("no values below 0") })
      #expect(try recognized.bone().voxelCount == head.boneCount)
    }
  }

  @Test func boneOfFewHUIsQuestioned() {
    let weak = RecognizedVolume(head.volume { $0 > 100 ? 100 + ($0 - 100) / 2 : $0 })
    #expect(weak.kind == .ct)
    #expect(weak.warnings.contains { $0.contains("--set threshold=") })
  }

  @Test func metalIsNotTheInsideOfAMask() {
    for added in [Int16(0), 1024] {
      let metal = RecognizedVolume(head.volume { $0 > 1050 ? 30_000 : $0 + added })
      #expect(metal.kind == (added == 0 ? .ct : .offsetCT), "\(metal.reason)")
    }
  }

  @Test func nothingIsAnErrorThatSaysWhatThereIs() {
    let labels = head.volume { $0 > 150 ? UInt8(2) : $0 > -300 ? 1 : 0 }
    let missing = RecognizedVolume.noBone(in: labels, .label(7), threshold: 226)
    #expect(missing.found.contains("1 (") && missing.found.contains("2 ("))
    #expect(missing.remedy.contains("--label"))
    let low = RecognizedVolume.noBone(in: head.volume { $0 }, .hounsfield, threshold: 4000)
    #expect(low.remedy.contains("--set threshold="))
  }
}
