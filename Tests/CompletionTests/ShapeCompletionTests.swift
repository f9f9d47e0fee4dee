@testable import Completion
import Errors
import Files
import Skulls
import TensorFiles
import Testing
import Volumes
import VoxelOps

/// On variations of the reference head, cells of 3 mm: no CT is needed.
@Suite struct ShapeCompletionTests {
  static let template = ShapeTemplate(
    bone: head { $0 }, pose: HeadPose(rotation: .identity, centre: .zero), threads: 2)

  static let model: ShapeCompletion = {
    var model = ShapeCompletion(ShapeFile(holding: template, named: "reference"))
    // Tests run without optimisation.
    model.effort = TemplateFit.Effort(samples: 1000, points: 150)
    return model
  }()

  /// The bone of a head whose points belong to those of the reference head that `map` says.
  static func head(_ map: (SIMD3<Double>) -> SIMD3<Double>) -> Mask {
    let half = SIMD3(84.0, 108, 99)
    let sizes = GridSize(57, 73, 67)
    var geometry = Geometry(sizes: sizes, spacing: SIMD3(repeating: 3))
    geometry.origin = -half
    return Mask(on: geometry) { out in
      var i = 0
      for z in 0..<sizes.z {
        for y in 0..<sizes.y {
          for x in 0..<sizes.x {
            let p = map(SIMD3(Double(x), Double(y), Double(z)) * 3 - half)
            out[i] = ReferenceHead.standard.isBone(p.x, p.y, p.z) ? 1 : 0
            i += 1
          }
        }
      }
    }
  }

  /// Somebody else's head: of another size, and bent by some mm.
  static let other = head { p in
    let bend = 0.0004 * p.y * p.z
    return SIMD3(p.x * 1.03, p.y * 0.97 + 1.5, p.z + bend)
  }

  /// The voxels of a mask in a ball.
  static func ball(_ centre: SIMD3<Double>, _ radius: Double, of mask: Mask) -> Mask {
    let map = mask.geometry.lpsFromIndex
    let sizes = mask.sizes
    return Mask(on: mask.geometry) { out in
      mask.withBytes { bytes in
        for i in 0..<out.count where bytes[i] != 0 {
          let index = SIMD3(
            Double(i % sizes.x), Double(i / sizes.x % sizes.y), Double(i / sizes.x / sizes.y))
          if (map * index - centre).length < radius { out[i] = 1 }
        }
      }
    }
  }

  /// At the front of the base, over the midline at the brow, on a side.
  static let holes: [(centre: SIMD3<Double>, radius: Double)] = [
    (SIMD3(30, -70, -25), 30), (SIMD3(0, -90, 10), 32), (SIMD3(68, 20, 30), 26),
  ]

  @Test(arguments: holes.indices)
  func addsWhatIsMissing(number: Int) throws {
    let (centre, radius) = Self.holes[number]
    let implant = Self.ball(centre, radius, of: Self.other)
    let defective = try Self.other.subtracting(implant)
    let completion = try Self.model.complete(defective, in: CompletionContext(threads: 2))
    #expect(try defective.subtracting(completion.mask).isEmpty, "bone was lost")
    let dice = try #require(try completion.mask.subtracting(defective).dice(with: implant))
    #expect(dice > 0.75, "Dice \(dice)")
    #expect(completion.scores["holes"] == 1)
  }

  @Test func aWholeSkullStaysAsItIs() throws {
    let completion = try Self.model.complete(Self.other, in: CompletionContext(threads: 2))
    #expect(completion.mask == Self.other)
    #expect(completion.warnings == ["the head has no hole: nothing is added"])
  }

  @Test func nothingIsMadeOfNothing() throws {
    let empty = Mask(emptyOn: Geometry(sizes: GridSize(30, 30, 30)))
    let completion = try Self.model.complete(empty, in: CompletionContext())
    #expect(completion.mask.isEmpty && completion.warnings.count == 1)
  }

  /// A ball has no features of a head; a block of bone has no vault.
  @Test func whatIsNoHeadStaysAsItIs() throws {
    let block = Mask(on: Geometry(sizes: GridSize(60, 60, 60), spacing: SIMD3(repeating: 3))) {
      for i in 0..<$0.count { $0[i] = i / 60 % 60 > 20 && i % 60 > 10 ? 1 : 0 }
    }
    let completion = try Self.model.complete(block, in: CompletionContext(threads: 2))
    #expect(completion.mask == block && completion.warnings.count == 1)
  }

  @Test func theNumberOfThreadsChangesNothing() throws {
    let defective = try Self.other.subtracting(Self.ball(SIMD3(0, -90, 10), 32, of: Self.other))
    let one = try Self.model.complete(defective, in: CompletionContext(threads: 1))
    let three = try Self.model.complete(defective, in: CompletionContext(threads: 3))
    #expect(one.mask == three.mask && one.scores == three.scores)
  }

  @Test func aFileGivesTheTemplateBack() throws {
    let template = Self.template
    let read = try ShapeTemplate(template.archive(notice: "of formulas"))
    #expect(read.bone == template.bone)
    #expect(read.pose.headFromLPS == template.pose.headFromLPS)
    #expect(read.pose.scale == template.pose.scale)
  }

  @Test(arguments: [
    ("kind", "beta-vae"), ("sizes", "20 20"), ("sizes", "20 20 1e9"), ("cell", "nan"),
    ("axes", "1 0 0 0 1 0 0 0 0"), ("origin", ""), ("sizes", "16 16 16"),
  ])
  func aDamagedFileIsAnError(field: String, text: String) {
    var archive = Self.template.archive(notice: "")
    archive.metadata[field] = text
    #expect(throws: Diagnostic.self) { try ShapeTemplate(archive) }
  }

  @Test func aMissingFileIsAnErrorThatNamesIt() {
    let error = #expect(throws: Diagnostic.self) {
      try ShapeCompletion(ShapeFile("/no/such.shape.safetensors")).prepare()
    }
    #expect(error?.description.contains("/no/such.shape.safetensors") == true)
    #expect(error?.description.contains("calvaria template") == true)
  }

  @Test func theShippedTemplateIsOne() throws {
    let file = try ShapeFile(ShapeFile.shipped).load()
    #expect(file.record.kind == "shape-template")
    let share = Double(file.template.bone.voxelCount) / Double(file.template.bone.sizes.count)
    #expect((0.05...0.3).contains(share))
  }

  /// A known shift at some points is continued between them, and halved far away on the other side.
  @Test func deformationsAreContinued() throws {
    var observations: [Deformation.Observation] = []
    for n in 0..<90 {
      let p = SIMD3(40 + Double(n % 10) * 6, Double(n / 10) * 6, 0)
      if (p - SIMD3(64, 24, 0)).length < 13 { continue }
      for axis in 0..<3 {
        var slope = SIMD3<Double>.zero
        slope[axis] = 1
        observations.append(
          .init(point: p, slope: slope, value: [2, -1, 0.5][axis], variance: 0.01))
      }
    }
    let deformation = try #require(Deformation(observations, threads: 2))
    let here = deformation(SIMD3(64, 24, 0)).displacement
    #expect((here - SIMD3(2, -1, 0.5)).length < 0.2, "\(here)")
    // The mirrored point moves alike, its x the other way.
    let there = deformation(SIMD3(-64, 24, 0)).displacement
    #expect(there.x < 1 && there.y < -0.5 && there.z > 0.1, "\(there)")
  }

  @Test(arguments: [SIMD3(2.0, 2, 4), SIMD3(1.5, 1.5, 1.5)])
  func samplesLieOnTheSurface(spacing: SIMD3<Double>) throws {
    let sizes = GridSize(64, 64, 64)
    var geometry = Geometry(sizes: sizes, spacing: spacing)
    geometry.origin = -31.5 * spacing
    let ball = Mask(on: geometry) { out in
      for i in 0..<out.count {
        let index = SIMD3(Double(i % 64), Double(i / 64 % 64), Double(i / 4096))
        out[i] = (geometry.lpsFromIndex * index).length < 40 ? 1 : 0
      }
    }
    // A ball has less surface than a head.
    let samples = SurfaceSamples.of(ball, count: 4000, threads: 3)
    #expect((300...1000).contains(samples.count))
    var cosines = 0.0
    for sample in samples {
      #expect(abs(sample.point.length - 40) <= spacing.max() / 2)
      cosines += sample.normal.dot(sample.point) / sample.point.length
    }
    #expect(cosines > 0.97 * Double(samples.count), "\(cosines) of \(samples.count)")
    #expect(SurfaceSamples.of(ball, count: 4000, threads: 1).map(\.point) == samples.map(\.point))
  }
}
