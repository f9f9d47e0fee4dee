import Errors
import Dataflow
import Skulls
import Stages
import Testing
import VoxelOps
import Volumes

/// The stages that work on masks and those that make them: `smooth`, `keep`, `morph`, `fill`.
@Suite struct MaskStagesTests {
  /// A box of voxels with a hollow of one voxel, and a single voxel far from it.
  static func box(_ geometry: Geometry = Geometry(sizes: GridSize(24, 12, 12))) -> Mask {
    var mask = Mask(on: geometry) { bytes in
      for k in 2..<10 {
        for j in 2..<10 { for i in 2..<10 { bytes[geometry.sizes.offset(i, j, k)] = 1 } }
      }
    }
    mask[5, 5, 5] = false
    mask[20, 5, 5] = true
    return mask
  }

  static func scan(_ mask: Mask, times factor: UInt8 = 1, _ content: ScanContent = .mask) -> Scan {
    let volume = Volume<UInt8>(on: mask.geometry) { voxels in
      mask.withBytes { for i in voxels.indices { voxels[i] = $0[i] * factor } }
    }
    return Scan(volume: AnyVolume(volume), content: content)
  }

  /// Whatever numbers say bone, a smoothed mask is its share from 0 to 1, and `bone` understands it.
  @Test(arguments: [(UInt8(1), ScanContent.mask), (255, .mask), (7, .label(7))])
  func aSmoothedMaskIsBoneAgain(factor: UInt8, content: ScanContent) throws {
    let smoothed = try Smooth(sigma: 1).run(
      Inputs(Self.scan(Self.box(), times: factor, content)), in: StageContext(cores: 2))
    #expect(smoothed.content == .fraction)
    let volume = try #require(smoothed.volume.base as? Volume<Float>)
    #expect(volume.withVoxels { $0.allSatisfy { $0 >= 0 && $0 <= 1 } })
    let context = StageContext()
    let bone = try Bone().run(Inputs(smoothed), in: context)
    #expect(context.warnings == [])
    // The hollow and the single voxel are gone, the box is there.
    #expect(bone[5, 5, 5] && bone[7, 4, 7] && !bone[20, 5, 5] && !bone[0, 0, 0])
    #expect(try Binarize(threshold: 0.5).run(Inputs(smoothed), in: StageContext()) == bone)
    let error = #expect(throws: Diagnostic.self) {
      try Binarize(threshold: 226).run(Inputs(smoothed), in: StageContext())
    }
    #expect("\(error!)".contains("smoothed mask"))
    // Once more, it stays what it is.
    let twice = try Smooth(sigma: 1).run(Inputs(smoothed), in: StageContext())
    #expect(twice.content == .fraction)
  }

  @Test func aSmoothedCTStaysOne() throws {
    let scan = Self.scan(Self.box(), times: 200, .hounsfield)
    let smoothed = try Smooth(sigma: 0.5).run(Inputs(scan), in: StageContext())
    #expect(smoothed.content == .hounsfield)
    #expect(try !Bone(threshold: 150).run(Inputs(smoothed), in: StageContext()).isEmpty)
  }

  @Test func keepTakesTheLargestPieces() throws {
    let mask = Self.box()
    let (one, two) = (StageContext(), StageContext())
    let largest = try Keep().run(Inputs(mask), in: one)
    #expect(largest.voxelCount == 511 && !largest[20, 5, 5])
    #expect(one.notes["pieces"] == .integer(2) && one.notes["kept"] == .integer(1))
    #expect(try Keep(2).run(Inputs(mask), in: two) == mask)
    #expect(try Keep(2, minVolume: 2).run(Inputs(mask), in: StageContext()) == largest)
    let none = StageContext()
    #expect(try Keep(2, minVolume: 512).run(Inputs(mask), in: none).isEmpty)
    #expect(none.warnings.count == 1)
    // Two voxels that touch by a corner.
    var corners = Mask(emptyOn: mask.geometry)
    corners[1, 1, 1] = true
    corners[2, 2, 2] = true
    #expect(try Keep().run(Inputs(corners), in: StageContext()).voxelCount == 2)
    #expect(
      try Keep(connectivity: .faces6).run(Inputs(corners), in: StageContext()).voxelCount == 1)
  }

  /// 8 voxels of 1 mm³ are 8 mm³ however the grid is turned, whatever the rounding.
  @Test func keepCountsMillimetresOnObliqueGrids() throws {
    for step in 1..<60 {
      let (c, s) = (1 / (1 + Double(step * step)).squareRoot(), 0.0)
      let sine = Double(step) * c + s
      let geometry = Geometry(
        sizes: GridSize(4, 4, 4), space: .leftPosteriorSuperior,
        directions: Matrix3(
          SIMD3(c, sine * c, sine * sine), SIMD3(-sine, c * c, sine * c), SIMD3(0, -sine, c)))
      let mask = Mask(on: geometry) { for i in 0..<8 { $0[i] = 1 } }
      let kept = try Keep(minVolume: 8).run(Inputs(mask), in: StageContext())
      #expect(kept == mask, "voxels of \(geometry.voxelVolume) mm³")
      #expect(try Keep(minVolume: 8.001).run(Inputs(mask), in: StageContext()).isEmpty)
    }
  }

  @Test func morphAndFill() throws {
    let mask = Self.box()
    func run(_ stage: Morph) throws -> Mask { try stage.run(Inputs(mask), in: StageContext()) }
    #expect(try run(Morph(.close, radius: 1))[5, 5, 5])
    #expect(try !run(Morph(.open, radius: 1))[20, 5, 5])
    #expect(try run(Morph(.dilate, radius: 1))[10, 5, 5])
    #expect(try !run(Morph(.erode, radius: 1))[2, 5, 5])
    let filled = try Fill().run(Inputs(mask), in: StageContext())
    #expect(filled.voxelCount == mask.voxelCount + 1 && filled[5, 5, 5])
    for axis in 0..<3 {
      #expect(try Fill(acrossAxis: axis).run(Inputs(mask), in: StageContext()) == filled)
    }
  }

  /// A ball on a grid of a shape that takes more than was declared is refused, not tried.
  @Test func morphNeverTakesMoreThanItDeclared() throws {
    let long = Mask(on: Geometry(sizes: GridSize(3000, 60, 60))) { $0[0] = 1 }
    for operation in Morph.Operation.allCases {
      for radius in [0.0, 3, 35, 60, 100] {
        let stage = Morph(operation, radius: radius)
        let declared = stage.demand(for: [long.extent]).peakBytes
        let need = Mask.ballBytes(
          long.sizes, radius: radius, spacing: SIMD3(1, 1, 1), closing: operation == .close,
          threads: 1)
        // The same on any number of cores.
        for cores in [1, 2, 16] where need > declared {
          let error = #expect(throws: Diagnostic.self) {
            try stage.run(Inputs(long), in: StageContext(cores: cores))
          }
          #expect(error?.field == "radius")
        }
      }
    }
    // On shapes that heads have the declaration is enough.
    for (sizes, spacing) in [
      (GridSize(512, 512, 200), SIMD3(0.45, 0.45, 1)), (GridSize(256, 256, 256), SIMD3(1, 1, 1)),
      (GridSize(512, 512, 40), SIMD3(0.45, 0.45, 5)), (GridSize(64, 64, 32), SIMD3(3, 3, 6)),
    ] {
      let extent = Extent.grid(
        voxels: sizes.count, bytesPerVoxel: 1,
        cubicMillimetres: Double(sizes.count) * spacing.x * spacing.y * spacing.z)
      for operation in Morph.Operation.allCases {
        for radius in [0.0, 1, 10, 30, 60, 100] {
          let stage = Morph(operation, radius: radius)
          for threads in [1, 2] {
            let need = Mask.ballBytes(
              sizes, radius: radius, spacing: spacing, closing: operation == .close,
              threads: threads)
            let declared = stage.demand(for: [extent]).peakBytes(on: threads)
            #expect(need <= declared, "\(sizes) \(operation) \(radius) on \(threads) cores")
          }
        }
      }
    }
  }
}
