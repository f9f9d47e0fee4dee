public import Dataflow
public import Volumes

/// Gathers what the page of a case shows of another implant for the same hole.
public struct ShowAlternative: Stage {
  public static let kind = "show-alternative"
  public static let ports = ["of", "against"]

  /// What it is called on the page.
  public var name: String
  /// The γ that it was made with; nil where it is another model's.
  public var gamma: Double?

  public init(name: String, gamma: Double? = nil) { (self.name, self.gamma) = (name, gamma) }

  /// The mask's box, compressed.
  public func demand(for inputs: [Extent]) -> Demand {
    Demand(
      peakBytes: inputs[0].voxels, output: Extent(bytes: inputs[0].voxels / 8 + 1 << 16),
      cores: .one)
  }

  /// The exhibit, with the Dice coefficient of the two masks.
  ///
  /// - Throws: `Diagnostic` where the grids differ.
  public func run(_ input: Inputs<Mask, Mask>, in context: StageContext) throws -> Exhibit {
    let (other, implant) = input.values
    var exhibit = Exhibit()
    exhibit.volumes.append(
      try Exhibit.Volume(
        of: other, as: .alternative, named: name, gamma: gamma, against: implant,
        threads: context.cores))
    return exhibit
  }
}
