import TestSupport
import Testing
import VolumeIO
import Volumes

@Suite struct MemoryFileTests {
  @Test func aVolumeInMemoryIsTheFileThatReadersTake() throws {
    let geometry = Geometry(
      sizes: GridSize(5, 4, 3), space: .leftPosteriorSuperior,
      directions: Matrix3(SIMD3(0, 1.5, 0), SIMD3(-2, 0, 0), SIMD3(0, 0, 3)),
      origin: SIMD3(10, -20, 30))
    let volume = Volume<UInt8>(on: geometry) { voxels in
      for i in voxels.indices { voxels[i] = UInt8(i) }
    }
    let folder = TemporaryFolder()
    let bytes = try VolumeFile.compressedNIfTI(AnyVolume(volume), slope: 2, intercept: -250)
    let file = try ImageFile(opening: folder.write(bytes, "small.nii.gz"))
    #expect(file.info.type.name == "uint8")
    let read = try file.volume(applyScaling: true)
    #expect((read.geometry.mismatch(with: geometry) ?? 1) < 1e-3)
    let values = try #require(read.base as? Volume<Float>)
    #expect(values[0, 0, 0] == -250 && values[4, 3, 2] == 2 * 59 - 250)
  }

  @Test func gzipDoesNotDependOnThreads() throws {
    let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 * $0 >> 7) }
    func stream(_ threads: Int) throws -> [UInt8] {
      try bytes.withUnsafeBytes { try Gzip.compress($0, behind: [1, 2, 3], threads: threads) }
    }
    let one = try stream(1)
    #expect(try stream(2) == one)
    #expect(one.starts(with: [0x1f, 0x8b]) && one.count < bytes.count)
  }
}
