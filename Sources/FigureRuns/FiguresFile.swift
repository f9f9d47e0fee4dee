import Errors
public import Settings
import Files

/// A figures file that has been read and checked: which results figures are drawn from.
///
/// ```yaml
/// version: 1
/// figures: paper
/// data: {population: out/figures/population, unseen: out/figures/unseen, skull: "000", cranial: prism, facial: facial}
/// trainings: {small: out/figures/small-beta, large: out/figures/large-beta, decoupled: out/figures/decoupled}
/// scores: {kinds: out/batch, gamma: [0=out/gamma-0, 1=out/gamma-1], models: [mirror=out/mirror, auto=out/auto]}
/// ```
///
/// Every key may be left out; a figure that lacks something is then left out too.
public struct FiguresFile: Sendable {
  /// The version of this form.
  public static let version = 1

  public var path: String
  /// SHA-256 of the file's bytes, before `--set` changed any of its values.
  public var sha256: String
  var data = Data()
  var trainings = Trainings()
  var scores = Scores()

  /// Skulls that are shown.
  struct Data {
    /// A folder of `calvaria synth` or laid out like one: the skulls that the trainings have seen.
    var population: String?
    /// Another such folder, of skulls that they have not seen.
    var unseen: String?
    /// The file of the skull that is shown, without its ending; nil: the first.
    var skull: String?
    /// The folder of its cranial hole, below `defective_skull`.
    var cranial = "prism"
    var facial = "facial"
  }

  /// Folders of `calvaria train`, or where only the curves count a `log.csv`.
  struct Trainings {
    /// With a small β.
    var small: String?
    /// With a large β, and its decoupled decoder the paper's way.
    var large: String?
    /// With a large β, and a decoupled decoder on standardized latents; nil: `large` again.
    var decoupled: String?
    /// With the large β, for very long.
    var long: String?
    /// With other β.
    var between: [String] = []
    /// Of which the Dice of training and validation is shown.
    var shown: String?
  }

  /// Tables of scores, or the folders of `calvaria batch` that they are in.
  struct Scores {
    /// A name, and the table that it stands for; several may have one name. What follows the last equals sign is the path.
    typealias Named = (name: String, path: String)

    /// By kind of hole.
    var kinds: String?
    /// The same cases with several γ.
    var gamma: [Named] = []
    /// The same cases by several completion models.
    var models: [Named] = []
  }

  /// Reads a figures file.
  ///
  /// - Throws: ``Diagnostics`` with every mistake; `Diagnostic` where it cannot be read.
  public init(reading path: String, overrides: [Override] = []) throws {
    let bytes = try SettingsFile.bytes(of: path, noun: "figures")
    var reader = try SettingsReader(
      yaml: bytes, path: path, noun: "figures", version: Self.version,
      sections: ["data", "trainings", "scores"], overrides: overrides)
    self.path = path
    sha256 = bytes.withUnsafeBytes { SHA256.hexDigest(of: $0) }
    _ = reader.text("figures")
    data.population = reader.text("data.population")
    data.unseen = reader.text("data.unseen")
    data.skull = reader.text("data.skull")
    data.cranial = reader.text("data.cranial") ?? data.cranial
    data.facial = reader.text("data.facial") ?? data.facial
    trainings.small = reader.text("trainings.small")
    trainings.large = reader.text("trainings.large")
    trainings.decoupled = reader.text("trainings.decoupled") ?? trainings.large
    trainings.long = reader.text("trainings.long")
    trainings.between = reader.list("trainings.between") ?? []
    trainings.shown = reader.text("trainings.shown")
    scores.kinds = reader.text("scores.kinds")
    scores.gamma = reader.named("scores.gamma")
    scores.models = reader.named("scores.models")
    for one in scores.gamma where Double(one.name)?.isFinite != true {
      reader.report(
        "scores.gamma", expected: "γ=TABLE, such as 0.5=out/scores.csv", found: one.name,
        remedy: "write the number before the equals sign")
    }
    try reader.finish()
  }
}

extension SettingsReader {
  /// A list of `name=path`.
  fileprivate mutating func named(_ key: String) -> [FiguresFile.Scores.Named] {
    (list(key) ?? []).compactMap { text in
      guard let equals = text.lastIndex(of: "="), equals != text.startIndex else {
        report(
          key, expected: "NAME=TABLE", found: text,
          remedy: "write, for example, mirror=out/mirror/scores.csv")
        return nil
      }
      return (String(text[..<equals]), String(text[text.index(after: equals)...]))
    }
  }
}
