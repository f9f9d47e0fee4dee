public import Errors
public import Volumes
internal import VoxelOps

public struct RandomizedScan: Sendable {
  /// The number, which decides how it strays.
  public let number: Int
  /// How it strays.
  public let parameters: RandomizedScans.Parameters
  /// What the scan shows of the head before any hole: one 26-connected piece, on the grid of the scanner.
  public let skull: Mask
  private let key: UInt64
  private let grid: ScannerGrid
  private let box: IndexBox
  private let dust: Double
  private let drawer: DefectDrawer
  private let bone: BonePoints
  private let seen: Mask

  /// The least part of the bone in a scan that a hole takes: holes are drawn for whole heads, of which a scan may lack
  /// much.
  static let leastFraction = DefectDrawer.fractions.lowerBound
  /// How many holes are drawn before none is said to fit.
  static let limit = 24

  /// - Parameters:
  ///   - complete: the whole head, and `seen`: what the scan shows of it, both on the grid in the frame of the head.
  ///   - dust: the part of the bone in holes that stays.
  init(
    number: Int, key: UInt64, grid: ScannerGrid, dust: Double, complete: Mask, seen: Mask,
    parameters: RandomizedScans.Parameters
  ) {
    (self.number, self.key, self.grid, self.dust) = (number, key, grid, dust)
    (self.seen, self.parameters) = (seen, parameters)
    drawer = DefectDrawer(skull: complete)
    bone = BonePoints(seen, like: drawer.points)
    box = grid.box(around: seen)
    skull = grid.straight(seen, box)
  }

  /// A hole of a kind, drawn for the upright head: implant = skull ∧ hole, but for dust that stays in it.
  ///
  /// - Throws: `Diagnostic` with code `noDefectFits` where the scan has too little bone at every place of that kind, as
  ///   for orbits in a scan that ends above them.
  public func defect(_ kind: Defect.Kind) throws(Diagnostic) -> Defect {
    let grains = RandomStream(seed: key, case: number, purpose: .randomHoles, parts: [99])
    for variation in 0..<Self.limit {
      let removed = try drawer.offsets(
        kind, seed: key, case: number, variation: variation, in: bone
      ).filter { dust == 0 || Double(grains[UInt64($0)] >> 11) * 0x1p-53 >= dust }
      let fraction = Double(removed.count) / Double(max(1, bone.count))
      guard fraction >= Self.leastFraction, fraction <= DefectDrawer.fractions.upperBound else {
        continue
      }
      var defective = seen
      let implant = Mask(on: seen.geometry) { implant in
        defective.withMutableBytes { defective in
          for offset in removed {
            implant[Int(offset)] = 1
            defective[Int(offset)] = 0
          }
        }
      }
      return Defect(
        kind: kind, implant: grid.straight(implant, box), defective: grid.straight(defective, box),
        fraction: fraction, tries: variation + 1)
    }
    throw Diagnostic(
      .noDefectFits, field: "defect",
      expected: "a \(kind.rawValue) hole of 1 to 25 % of the bone in the scan",
      found: "none in \(Self.limit) tries", remedy: "ask for other kinds")
  }
}
