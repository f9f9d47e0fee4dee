import ArgumentParser
import VolumeIO

/// What the reader of volume files may be allowed.
struct ReadingOptions: ParsableArguments {
  @Flag(
    name: .customLong("allow-outside"),
    help: "Let a detached header name data files outside its own folder.")
  var allowsOutside = false

  var options: ReadOptions { ReadOptions(allowOutsideFolder: allowsOutside) }
}
