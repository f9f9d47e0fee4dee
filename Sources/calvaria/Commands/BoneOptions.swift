import ArgumentParser
import Skulls

/// What is bone in a file.
struct BoneOptions: ParsableArguments {
  @Option(help: "The label of bone, if the file holds several labels.")
  var label: Int?

  @Option(
    help: ArgumentHelp(
      "In a CT, voxels of at least this many HU are bone (default: \(Int(BoneRule.standardThreshold))).",
      valueName: "hu"))
  var threshold: Double?
}
