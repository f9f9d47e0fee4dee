import ArgumentParser

/// `--quiet`, of commands with a bar.
struct QuietOption: ParsableArguments {
  @Flag(name: [.customShort("q"), .customLong("quiet")], help: "Print only errors and results.")
  var isOn = false

  /// What a bar shows.
  var level: Progress.Level { isOn ? .quiet : .normal }
}
