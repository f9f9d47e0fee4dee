import Recognition
import Skulls
import Testing
import Volumes
import VoxelOps

/// Noise that would count as bone: measured, smoothed and said.
@Suite struct ScanNoiseTests {
  private static let head = RecognizedVolumeTests.head

  /// The head with noise, as another number type or with an offset.
  private static func noisy<Voxel: VoxelScalar>(
    _ sigma: Double, _ value: (Double) -> Voxel = { Int16(nearest: $0) }
  ) -> AnyVolume {
    var normal = Normal(seed: UInt64(sigma))
    return head.volume { value(Double($0) + sigma * normal.next()) }
  }

  private static func kinds(_ sigma: Double) -> [AnyVolume] {
    [
      noisy(sigma), noisy(sigma) { Float($0) }, noisy(sigma) { UInt16(nearest: $0 + 1024) },
    ]
  }

  @Test(arguments: [60.0, 75, 90]) func isMeasuredSmoothedAndSaid(sigma: Double) throws {
    for volume in Self.kinds(sigma) {
      let recognized = RecognizedVolume(volume, threads: 2)
      let noise = try #require(recognized.noise)
      #expect(abs(noise / sigma - 1) < 0.1, "\(noise)")
      #expect(recognized.smoothingRounds > 0)
      let said = recognized.warnings.filter { $0.contains("noise of \(Int(noise.rounded())) HU") }
      #expect(said.count == 1)
      // No speck of brain or air is left beside the skull.
      let bone = try recognized.bone()
      let loose = bone.voxelCount - BoneRule.mainPiece(of: bone).voxelCount
      #expect(loose <= 2, "\(loose)")
      #expect(abs(Double(bone.voxelCount) / Double(Self.head.boneCount) - 1) < 0.15)
    }
    // So many there would be.
    let specks = Self.noisy(sigma).binarized(in: .atLeast(226))
    #expect(specks.voxelCount - BoneRule.mainPiece(of: specks).voxelCount > 20)
  }

  @Test(arguments: [0.0, 15, 40]) func usualNoiseLeavesTheScanAsItIs(sigma: Double) throws {
    let volume = Self.noisy(sigma)
    let recognized = RecognizedVolume(volume, threads: 2)
    #expect(try #require(recognized.noise) < 50)
    #expect(recognized.smoothingRounds == 0)
    #expect(recognized.warnings.isEmpty)
    #expect(recognized.volume.base as? Volume<Int16> == volume.base as? Volume<Int16>)
  }

  @Test func sameBytesAtAnyNumberOfThreads() {
    let volume = Self.noisy(80)
    let one = RecognizedVolume(volume, threads: 1).volume.base as? Volume<Int16>
    for threads in [2, 3, 7] {
      #expect(one == RecognizedVolume(volume, threads: threads).volume.base as? Volume<Int16>)
    }
  }

  /// Voxels far apart are not mixed: the noise is only said.
  @Test func ofThickVoxelsItIsSaid() throws {
    let volume = Self.noisy(80)
    var geometry = volume.geometry
    geometry.directions = Matrix3(diagonal: SIMD3(3.5, 3.5, 3.5))
    let recognized = RecognizedVolume(volume.reoriented(geometry))
    #expect(recognized.smoothingRounds == 0)
    #expect(recognized.warnings.contains { $0.contains("noise of") && $0.contains("look at") })
  }

  /// What is no head has no soft tissue to measure in.
  @Test func valuesWithoutTissueAreNotSmoothed() {
    var state = SplitMix(seed: 5)
    let volume = Self.head.volume { _ in Int16(truncatingIfNeeded: Int(state.next() % 4000) - 1000)
    }
    #expect(RecognizedVolume(volume).noise == nil)
  }
}

/// Normal numbers of mean 0 and deviation 1, by sums of twelve even ones.
private struct Normal {
  private var state: SplitMix
  init(seed: UInt64) { state = SplitMix(seed: seed) }
  mutating func next() -> Double {
    (0..<12).reduce(-6.0) { sum, _ in sum + Double(state.next() >> 11) / 9_007_199_254_740_992 }
  }
}

private struct SplitMix {
  var seed: UInt64
  mutating func next() -> UInt64 {
    seed &+= 0x9E37_79B9_7F4A_7C15
    var z = seed
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
}
