/// How well a finished model reproduces the validation skulls.
public struct ValidationScores: Hashable, Sendable {
  /// The mean Dice over the classes.
  public let meanDice: Double
  /// Dice by the name of the class; classes without a validation skull are not there.
  public let dice: [String: Double]

  /// The scores as texts by the keys that model files and accounts have for them.
  public var texts: [String: String] {
    var texts = ["score.validation_dice": "\(meanDice)"]
    for (name, dice) in dice { texts["score.validation_dice.\(name)"] = "\(dice)" }
    return texts
  }
}
