import Testing
import Volumes
import VoxelOps

@Suite struct TwoValuesTests {
  private func volume<Voxel: VoxelScalar>(_ voxels: [Voxel]) -> AnyVolume {
    let geometry = Geometry(sizes: GridSize(voxels.count, 1, 1), spacing: SIMD3(1, 1, 1))
    return AnyVolume(
      Volume<Voxel>(on: geometry) { out in for i in voxels.indices { out[i] = voxels[i] } })
  }

  @Test func twoValuesAreAMask() {
    #expect(volume([UInt8](repeating: 0, count: 5)).holdsTwoValues)
    #expect(volume([0, 255, 255, 0] as [UInt8]).holdsTwoValues)
    #expect(volume([7] as [Int16]).holdsTwoValues)
    #expect(volume([0, 0.5] as [Float]).holdsTwoValues)
    #expect(volume([.max, 0] as [UInt64]).holdsTwoValues)
  }

  @Test func aThirdOrANegativeOneOrNoNumberIsNone() {
    #expect(!volume([0, 1, 2] as [UInt8]).holdsTwoValues)
    #expect(!volume([0, -1] as [Int16]).holdsTwoValues)
    #expect(!volume([-1, 0] as [Int32]).holdsTwoValues)
    #expect(!volume([0, .nan] as [Float]).holdsTwoValues)
    #expect(!volume([.nan, 0] as [Double]).holdsTwoValues)
    #expect(!volume([0, 1, .nan] as [Double]).holdsTwoValues)
  }

  @Test func everyTypeIsLookedAtToItsEnd() {
    func check<Voxel: VoxelScalar & ExpressibleByIntegerLiteral>(_: Voxel.Type) {
      for count in [1, 2, 3, 31, 32, 33, 64, 65, 100] {
        var voxels = [Voxel](repeating: 0, count: count)
        for i in voxels.indices where i % 7 > 2 { voxels[i] = 1 }
        #expect(volume(voxels).holdsTwoValues)
        voxels[count - 1] = 2
        #expect(volume(voxels).holdsTwoValues == (count < 5))
      }
    }
    check(Int8.self)
    check(UInt8.self)
    check(Int32.self)
    check(UInt64.self)
    check(Float.self)
    check(Double.self)
  }

  /// The voxels are looked at in pieces.
  @Test(arguments: [4094, 4095, 4096, 4097, 9999])
  func theThirdValueIsFoundAnywhere(place: Int) {
    var voxels = [Int16](repeating: 0, count: 10_000)
    voxels[4095] = 1
    #expect(volume(voxels).holdsTwoValues)
    voxels[place] = 2
    #expect(volume(voxels).holdsTwoValues == (place == 4095))
  }
}
