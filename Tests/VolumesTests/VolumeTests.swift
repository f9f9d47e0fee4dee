import Testing
import Volumes

@Suite struct VolumeTests {
  @Test func firstAxisIsFastest() {
    let volume = Volume<Int16>(on: Geometry(sizes: GridSize(3, 2, 2))) { voxels in
      for i in 0..<voxels.count { voxels[i] = Int16(i) }
    }
    #expect(volume[1, 0, 0] == 1)
    #expect(volume[0, 1, 0] == 3)
    #expect(volume[2, 1, 1] == 11)
    #expect(volume.byteCount == 24)
  }

  @Test func copiesAreValues() {
    var a = Volume<Float>(zerosOn: Geometry(sizes: GridSize(2, 2, 2)))
    let b = a
    a[1, 1, 1] = 5
    #expect(a[1, 1, 1] == 5)
    #expect(b[1, 1, 1] == 0)
    #expect(a != b)
  }

  @Test func aUniqueVolumeIsWrittenInPlace() {
    var a = Volume<UInt8>(zerosOn: Geometry(sizes: GridSize(4, 4, 4)))
    let before = a.withVoxels { $0.baseAddress }
    a[0, 0, 0] = 1
    #expect(a.withVoxels { $0.baseAddress } == before)
  }

  @Test func adoptedMemoryIsReleasedOnce() async {
    await confirmation { released in
      let memory = UnsafeMutableBufferPointer<UInt16>.allocate(capacity: 8)
      memory.initialize(repeating: 7)
      nonisolated(unsafe) let pointer = memory
      var volume = Volume(on: Geometry(sizes: GridSize(2, 2, 2)), adopting: memory) {
        pointer.deallocate()
        released()
      }
      #expect(volume[1, 1, 1] == 7)
      let copy = volume
      volume[0, 0, 0] = 1
      #expect(copy[0, 0, 0] == 7)
    }
  }

  @Test func fillingMayFail() {
    struct Stop: Error {}
    #expect(throws: Stop.self) {
      try Volume<UInt8>(on: Geometry(sizes: GridSize(2, 2, 2))) { _ throws(Stop) in throw Stop() }
    }
  }

  @Test(arguments: ScalarType.allCases)
  func typesAgreeWithTheirNames(type: ScalarType) {
    #expect(type.swiftType.scalarType == type)
    func size<Voxel: VoxelScalar>(_ type: Voxel.Type) -> Int { MemoryLayout<Voxel>.size }
    #expect(size(type.swiftType) == type.byteCount)
  }

  @Test func nearestValuesRoundHalfToEvenAndClamp() {
    #expect(Int16(nearest: 2.5) == 2)
    #expect(Int16(nearest: 3.5) == 4)
    #expect(Int16(nearest: -2.5) == -2)
    #expect(Int16(nearest: 1e9) == .max)
    #expect(UInt8(nearest: -0.6) == 0)
    #expect(UInt8(nearest: .nan) == 0)
    #expect(UInt64(nearest: 1.8e19) == 18_000_000_000_000_000_000)
    #expect(Int64(nearest: .infinity) == .max)
    #expect(Float(nearest: 0.1) == 0.1)
  }

  @Test func erasedVolumesKeepTypeAndPlace() {
    let volume = Volume<UInt32>(zerosOn: Geometry(sizes: GridSize(2, 3, 4)))
    let erased = AnyVolume(volume)
    #expect(erased.scalarType == .uint32)
    #expect(erased.byteCount == 96)
    var geometry = volume.geometry
    geometry.space = .rightAnteriorSuperior
    #expect(erased.reoriented(geometry).geometry.space == .rightAnteriorSuperior)
  }
}
