public import Scores
public import VoxelOps
import Accounts

/// The scores of one prediction, as `calvaria evaluate --json` prints them.
public struct CaseScore: Encodable, Sendable {
  public var prediction: String
  public var truth: String
  /// The file of the defective skull, if there is one.
  public var defective: String?
  /// Spacing of the truth's grid along x, y, z in mm.
  public var spacing: SIMD3<Double>
  public var scores: MaskScores
  /// How the implant's tables lie; nil without a defective skull, and where they were not measured.
  public var shape: ShapeScores?
  /// Pieces and tunnels of the prediction; nil where they were not counted.
  public var topology: MaskTopology?

  /// What was odd about the files; not part of the JSON.
  public var warnings: [Warning] = []

  public struct Warning: Hashable, Sendable {
    public let path: String
    public let sentence: String
  }

  private enum CodingKeys: String, CodingKey {
    case prediction, truth, defective, spacing, dsc, bdsc, hd95, hd, status
    case surface, rimStep, pieces, tunnels
  }

  /// Writes every key; an undefined value is null.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(prediction, forKey: .prediction)
    try container.encode(truth, forKey: .truth)
    try container.encode(defective, forKey: .defective)
    try container.encode([spacing.x, spacing.y, spacing.z], forKey: .spacing)
    try container.encode(scores.dsc, forKey: .dsc)
    try container.encode(scores.bdsc, forKey: .bdsc)
    try container.encode(scores.hd95, forKey: .hd95)
    try container.encode(scores.hd, forKey: .hd)
    try container.encode(scores.status.rawValue, forKey: .status)
    try container.encode(shape.map { Sides($0.surface) }, forKey: .surface)
    try container.encode(shape.map { Sides($0.rimStep) }, forKey: .rimStep)
    try container.encode(topology?.pieces, forKey: .pieces)
    try container.encode(topology?.tunnels, forKey: .tunnels)
  }

  /// Values of the two tables.
  private struct Sides: Encodable {
    let sides: ShapeScores.Sides

    init(_ sides: ShapeScores.Sides) { self.sides = sides }

    enum Key: String, CodingKey { case outside, inside }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: Key.self)
      try container.encode(sides.outside, forKey: .outside)
      try container.encode(sides.inside, forKey: .inside)
    }
  }

  /// The scores as one JSON object.
  ///
  /// - Throws: what the encoder throws for a number that JSON cannot express.
  public func json() throws -> String { try JSONFile.text(of: self) }
}
