import Dataflow
import Errors
import Implants
import Meshes
import Pictures
import TestSupport
import Testing
import Volumes
import VoxelOps

@testable import Stages

@Suite struct DesignStageTests {
  /// A plate of bone of 32 × 32 × 5 mm, and what fills a hole of 16 × 16 mm in it.
  static func plate(_ isHole: Bool) -> Mask {
    let grid = Geometry(sizes: GridSize(44, 44, 20), spacing: SIMD3(1, 1, 1))
    return Mask(on: grid) { bytes in
      for z in 7..<12 {
        for y in 6..<38 {
          for x in 6..<38 where ((14..<30).contains(x) && (14..<30).contains(y)) == isHole {
            bytes[grid.sizes.offset(x, y, z)] = 1
          }
        }
      }
    }
  }

  @Test func fromAnImplantToACheckedPart() throws {
    let (implant, bone) = (Self.plate(true), Self.plate(false))
    let context = StageContext()
    let design = try Design().run(Inputs(implant, bone), in: context)
    #expect(context.notes["parts"] == .integer(1) && context.warnings.isEmpty)
    let surface = try Isosurface().run(Inputs(design), in: context)
    let checked = try CheckPart().run(Inputs(surface, bone, design), in: context)
    #expect(checked.mesh == surface && checked.report.passes)
    #expect(context.facts.contains { $0 as? GateReport == checked.report })
    let dual = try Isosurface(family: .dual).run(Inputs(design), in: context)
    #expect(dual != surface && MeshCheck(dual).isWatertight && MeshCheck(dual).genus == 0)
    #expect(abs(dual.signedVolume / surface.signedVolume - 1) < 0.01)
    let sheet = try Depict().run(Inputs(checked, bone, design), in: context)
    #expect(sheet.width == 1400 && sheet.height > 1000)
    let need = Depict().demand(for: [checked.extent, bone.extent, design.extent])
    #expect(need.output.bytes >= sheet.extent.bytes)
    let part = try Voxelize().run(Inputs(surface, implant), in: context)
    #expect(part.geometry == implant.geometry)
    // The outermost voxels are nearer to the bone than the gap, or not: none may be outside the implant.
    #expect(try part.subtracting(implant).isEmpty)
    #expect(part.voxelCount >= 14 * 14 * 5 && part.voxelCount <= 16 * 16 * 5)
    // The box of all of it is planned for.
    let extent = implant.extent
    #expect(Design().demand(for: [extent, extent]).output.bytes >= design.extent.bytes)
  }

  @Test func anEmptyImplantGoesThroughWithoutAWord() throws {
    let (bone, context) = (Self.plate(false), StageContext())
    let nothing = Mask(emptyOn: bone.geometry)
    let design = try Design().run(Inputs(nothing, bone), in: context)
    let surface = try Isosurface().run(Inputs(design), in: context)
    let checked = try CheckPart().run(Inputs(surface, bone, design), in: context)
    #expect(surface.isEmpty && checked.report.checks.isEmpty && context.warnings.isEmpty)
    #expect(!context.facts.contains { $0 is GateReport })
    #expect(try Voxelize().run(Inputs(surface, nothing), in: context).isEmpty)
  }

  @Test func aGapThatLeavesNothingIsWarnedOf() throws {
    let context = StageContext()
    let design = try Design(PartDesign(clearance: 9)).run(
      Inputs(Self.plate(true), Self.plate(false)), in: context)
    #expect(design.parts.isEmpty)
    #expect(context.warnings.contains { $0.hasPrefix("no part is left of the implant") })
  }

  @Test func aPartThatFailsIsWarnedOfWithItsFigures() throws {
    let (implant, bone, context) = (Self.plate(true), Self.plate(false), StageContext())
    var design = PartDesign()
    (design.clearance, design.wall) = (0, 0.5)
    let made = try Design(design).run(Inputs(implant, bone), in: context)
    // Bone all around, and through the middle.
    let checked = try CheckPart().run(
      Inputs(Isosurface().run(Inputs(made), in: context), implant, made), in: context)
    #expect(!checked.report.passes)
    #expect(context.warnings.contains { $0.contains("the part fails the gate: overlap ") })
    let picture = RGBImage(width: 200, height: 100)
    let annotated = try Annotate().run(Inputs(picture, checked), in: context)
    #expect(annotated.width == 200 && annotated.height > 150)
    #expect(checked.report.pictureLines.first == "PART: FAILS")
    #expect(checked.report.pictureLines.last == "NOT FOR CLINICAL USE WITHOUT REVIEW")
  }

  @Test func thicknessIsReadFromWords() throws {
    #expect(try Design.thickness("own") == .own)
    #expect(try Design.thickness("4") == .constant(4))
    #expect(try Design.thickness("62.5%") == .share(0.625))
    for wrong in ["", "thick", "0.1", "400", "5%", "110%", "nan", "4 mm"] {
      #expect {
        try Design.thickness(wrong)
      } throws: {
        ($0 as? Diagnostic)?.field == "thickness"
      }
    }
  }
}
