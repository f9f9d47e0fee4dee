import Errors
import BetaVAE
import Completion
import Dataflow
import Testing
import Volumes

@testable import Stages

@Suite struct StoredValueTests {
  static let oblique = Geometry(
    sizes: GridSize(37, 11, 5), space: .rightAnteriorSuperior,
    directions: Matrix3(SIMD3(0.1, 0.7, -0.3), SIMD3(1 / 3, -0.2, 0.5), SIMD3(0, 1e-9, 2)),
    origin: SIMD3(-12.345678901234567, 1e300, .ulpOfOne))

  private func mask(_ geometry: Geometry, _ isInside: (Int) -> Bool) -> Mask {
    Mask(on: geometry) { bytes in
      for i in bytes.indices { bytes[i] = isInside(i) ? 1 : 0 }
    }
  }

  @Test func masksComeBackToTheLastBit() throws {
    let patterns: [(String, (Int) -> Bool)] = [
      ("empty", { _ in false }), ("full", { _ in true }), ("first", { $0 == 0 }),
      ("last", { $0 == 37 * 11 * 5 - 1 }), ("every second", { $0 % 2 == 1 }),
      ("runs", { $0 / 130 % 2 == 1 }), ("noise", { ($0 &* 2_654_435_761) >> 7 & 3 == 0 }),
    ]
    var geometries = [Self.oblique]
    for placement in [Geometry.Placement.spacings, .none] {
      var geometry = Self.oblique
      geometry.placement = placement
      geometry.space = nil
      geometries.append(geometry)
    }
    for geometry in geometries {
      for (name, isInside) in patterns {
        let original = mask(geometry, isInside)
        let bytes = Bone().stored(original)
        let restored = try Bone().restored(bytes)
        #expect(restored == original, "\(name)")
        #expect(restored.geometry == original.geometry, "\(name)")
        #expect(bytes.count <= Bone().storedBytes(of: original.extent), "\(name)")
      }
    }
  }

  /// Bytes that were cut, or of which one is another, give a mask of the right grid or an error, never a
  /// trap.
  @Test func damagedBytesAreRefused() throws {
    let bytes = Bone().stored(mask(Self.oblique) { $0 / 100 % 2 == 1 })
    for count in bytes.indices {
      #expect(throws: Diagnostic.self) { try Bone().restored(Array(bytes.prefix(count))) }
    }
    for place in bytes.indices {
      for bit in 0..<8 {
        var other = bytes
        other[place] ^= 1 << UInt8(bit)
        _ = try? Bone().restored(other)
      }
    }
    // A grid that the bytes cannot fill takes no memory.
    var huge = ByteWriter()
    var geometry = Self.oblique
    geometry.sizes = GridSize(1 << 20, 1 << 20, 1 << 20)
    huge.append(geometry)
    huge.append([0, 5])
    #expect(throws: Diagnostic.self) { try StoredMask.mask(from: huge.bytes) }
  }

  @Test func latentsComeBack() throws {
    let stage = Encode(model: try LatentStagesTests.reference(), closing: 0)
    let latent = try LatentStagesTests.latent()
    let bytes = stage.stored(latent)
    let restored = try stage.restored(bytes)
    #expect(restored.vector == latent.vector)
    #expect(restored.frame == latent.frame)
    #expect(restored.mode == latent.mode)
    #expect(!restored.isOfNothing)
    #expect(bytes.count <= stage.storedBytes(of: latent.extent))
    for count in [0, 1, 10, bytes.count - 1] {
      #expect(throws: Diagnostic.self) { try stage.restored(Array(bytes.prefix(count))) }
    }
    let model = try LatentStagesTests.reference().load().model
    let nothing = Latent(ofNothingOn: LatentStagesTests.geometry, model: model)
    let back = try stage.restored(stage.stored(nothing))
    #expect(back.isOfNothing)
    #expect(back.frame == nothing.frame)
  }
}
