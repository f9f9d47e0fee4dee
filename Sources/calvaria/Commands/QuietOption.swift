import ArgumentParser

/// `--quiet`, of every command that may take long.
struct QuietOption: ParsableArguments {
  @Flag(name: [.customShort("q"), .customLong("quiet")], help: "Print only errors and results.")
  var isOn = false

  /// What a bar shows.
  var level: Progress.Level { isOn ? .quiet : .normal }
}
