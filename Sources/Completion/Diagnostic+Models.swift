public import Errors

extension Diagnostic.Code {
  /// The file is no model of a kind that this program knows.
  public static let notAModel = Self("not-a-model")
  /// What was asked for is not in the model: a class, a number of dimensions.
  public static let notInModel = Self("not-in-model")
  /// A latent would be decoded by another model than the one that encoded it.
  public static let otherModel = Self("other-model")
  /// A setting is out of its range or fits no other.
  public static let badSetting = Self("bad-setting")
  /// Data cannot be used: for a training, or for a model's classes.
  public static let badData = Self("bad-data")
  /// The loss, a gradient or an output is no number any more.
  public static let diverged = Self("diverged")
  /// A place that a user names has no hole.
  public static let noSuchHole = Self("no-such-hole")
}
