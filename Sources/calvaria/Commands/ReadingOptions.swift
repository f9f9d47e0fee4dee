import ArgumentParser
import VolumeIO

struct ReadingOptions: ParsableArguments {
  @Flag(
    name: .customLong("allow-outside"),
    help: "Allow a detached header to name data files outside its own folder.")
  var allowsOutside = false

  @Option(
    name: .customLong("max-ratio"),
    help: ArgumentHelp(
      "Largest compression ratio to accept (default: 1032, the limit of gzip).",
      valueName: "n"))
  var maximumRatio: Int?

  var options: ReadOptions {
    var options = ReadOptions(allowOutsideFolder: allowsOutside)
    if let maximumRatio { options.maximumRatio = maximumRatio }
    return options
  }

  func validate() throws {
    if let maximumRatio, !(1...1 << 40).contains(maximumRatio) {
      throw ValidationError("--max-ratio: expected 1 to \(1 << 40), found \(maximumRatio)")
    }
  }
}
