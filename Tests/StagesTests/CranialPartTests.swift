import Completion
import Dataflow
import Foundation
import Implants
import Meshes
import Testing
import Volumes

@testable import Stages

/// A ring of 75 mm² around a pillar of bone, which only a cranial part is cut open for.
@Suite struct CranialPartTests {
  private static func plate(_ isHole: Bool) -> Mask {
    let grid = Geometry(sizes: GridSize(54, 54, 20))
    return Mask(on: grid) { bytes in
      for z in 7..<12 {
        for y in 4..<50 {
          for x in 4..<50 {
            let isPillar = (26..<28).contains(x) && (26..<28).contains(y)
            let isOpen = (10..<44).contains(x) && (10..<44).contains(y) && !isPillar
            if isOpen == isHole { bytes[grid.sizes.offset(x, y, z)] = 1 }
          }
        }
      }
    }
  }

  private static func findings(_ kind: String, isFilled: Bool) throws -> CompletionFindings {
    let text = """
      {"defects": [{"kind": "\(kind)", "areaMM2": 1100, "perimeterMM": 130, "diametersMM": [40, 40], "centroidLPS": [20, 25, 9],
        "crossesMidline": false, "atBorder": false, "isFilled": \(isFilled)}], "model": "auto", "confidence": 0.9}
      """
    return try JSONDecoder().decode(CompletionFindings.self, from: Data(text.utf8))
  }

  /// What a completion before the design found decides; without it, and for holes left open, rings are declared.
  @Test func theKindOfHoleIsThatOfTheCompletion() throws {
    let known = try [
      Self.findings("cranial", isFilled: true), Self.findings("orbital", isFilled: true),
      Self.findings("cranial", isFilled: false),
    ]
    for (inherited, tunnels) in [([known[0]], 0), ([known[1]], 1), ([known[2]], 1), ([], 1)] {
      let context = StageContext(inherited: inherited)
      let made = try Design().run(Inputs(Self.plate(true), Self.plate(false)), in: context)
      #expect(made.parts[0].figures.tunnels == tunnels && made.parts[0].figures.rings == 0)
      let mesh = try Isosurface().run(Inputs(made), in: context)
      #expect(MeshCheck(mesh).eulerNumber == 2 - 2 * tunnels)
      #expect(context.warnings.isEmpty && context.notes["pieces"] == .integer(1))
    }
  }
}
