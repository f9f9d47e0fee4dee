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

  @Test func tabsForWhichThereIsNoRoomAreToldOf() throws {
    // The plate's rim of bone is 8 mm wide: a tab of 3 mm has room there, one of 12 mm has not.
    for (width, count) in [(3.0, 4), (12, 0)] {
      let context = StageContext()
      let tabs = FixationTabs(count: 4, width: width, screw: 1)
      _ = try Design(PartDesign(tabs: tabs))
        .run(Inputs(Self.plate(true), Self.plate(false)), in: context)
      #expect(context.notes["tabs"] == .integer(count))
      #expect(context.warnings.contains { $0.hasPrefix("0 of 4 tabs are made") } == (count == 0))
    }
  }

  @Test func aRingIsACheckedSurfaceOfItsOwn() throws {
    let context = StageContext()
    let ring = try Ring(width: 6).run(Inputs(Self.plate(true), Self.plate(false)), in: context)
    #expect(ring.report.passes && ring.mesh.triangles.count > 100 && context.warnings.isEmpty)
    #expect(context.notes["rings"] == .integer(1) && context.notes["tunnels"] == .integer(1))
    #expect(context.notes["gate"] == .flag(true))
    // The account of the case tells of the part's gate, not of this one.
    #expect(context.facts.isEmpty)
    let nothing = Mask(emptyOn: Self.plate(true).geometry)
    let none = try Ring().run(Inputs(nothing, Self.plate(false)), in: StageContext())
    #expect(none.mesh.isEmpty)
  }

  @Test func aMouldHasTwoHalvesOfAPartThatIsThere() throws {
    let design = try Design(PartDesign(perforations: Perforations(spacing: 4, margin: 1)))
      .run(Inputs(Self.plate(true), Self.plate(false)), in: StageContext())
    let context = StageContext()
    let mould = try MakeMould(mould: MouldDesign(vents: 1)).run(Inputs(design), in: context)
    #expect(context.warnings.isEmpty, "\(context.warnings)")
    #expect(context.notes["vents"] == .integer(1))
    #expect(mould.extent.bytes > 0)
    for half in Mould.Half.allCases {
      let context = StageContext()
      let made = try MouldHalf(half).run(Inputs(mould), in: context)
      #expect(made.report.passes && context.warnings.isEmpty, "\(context.warnings)")
      #expect(context.notes["gate"] == .flag(true) && context.facts.isEmpty)
      #expect(made.report["tunnels"]?.value == (half == .inner ? 0 : 1))
    }
    let absent = StageContext()
    let none = try MakeMould(of: 2).run(Inputs(design), in: absent)
    #expect(none.mould == nil && absent.warnings.count == 1)
    #expect(try MouldHalf(.inner).run(Inputs(none), in: absent).mesh.isEmpty)
    #expect(absent.warnings.count == 1)
  }

  @Test func theLabelIsTheCasesNameOrAText() throws {
    for (text, height, isTold) in [("case", 0.0, true), ("I", 8, false)] {
      let context = StageContext(caseName: "a-name-that-does-not-fit-here")
      let stage = try Design(Parameters(["label": .text(text)], for: Design.parameters))
      #expect(stage.holdsCaseName == isTold)
      _ = try stage.run(Inputs(Self.plate(true), Self.plate(false)), in: context)
      #expect(context.notes["labelHeight"] == .number(height))
      #expect(
        context.warnings.contains {
          $0.hasPrefix("part 1: the label 'a-name-that-does-not-fit-here' is left out")
        } == isTold)
    }
    #expect(try Design(Parameters([:], for: Design.parameters)).design.label == nil)
    let long = StageContext(caseName: String(repeating: "a", count: 61))
    _ = try Design(Parameters(["label": .text("case")], for: Design.parameters))
      .run(Inputs(Self.plate(true), Self.plate(false)), in: long)
    #expect(long.warnings.contains { $0.contains("61 characters") }, "\(long.warnings)")
  }

  @Test func sutureHolesWiderThanTheirSpacingAreRefused() throws {
    #expect {
      try Design(
        Parameters(["suture": .number(5), "sutureSpacing": .number(4)], for: Design.parameters))
    } throws: {
      ($0 as? Diagnostic)?.field == "suture"
    }
  }

  @Test(
    "Tabs that cannot hold a screw are refused",
    arguments: [("tabWidth", 4), ("tabThickness", 0.8), ("screw", 6)])
  func tabs(name: String, value: Double) throws {
    #expect {
      try Design(Parameters(["tabs": .integer(4), name: .number(value)], for: Design.parameters))
    } throws: {
      ($0 as? Diagnostic)?.field.hasPrefix("tab") == true
    }
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
