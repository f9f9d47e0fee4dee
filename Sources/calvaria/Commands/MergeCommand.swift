import ArgumentParser
import Accounts
import Batches

/// `calvaria merge OUT`, also `calvaria batch merge OUT`.
struct MergeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract: "Make the accounts of a batch that was done in parts.",
    discussion: """
      Every part of a batch (`calvaria batch DATASET -o OUT --shard i/n`) makes the accounts of all parts when it ends, \
      as far as they have come: scores.csv, summary.json, measurements.csv, failures.json, run.json and, \
      with --report, report.html. This command does the same at any time, such as after a part was killed. It \
      needs the folder OUT only. It prints which parts have not come to their end and which cases \
      are missing: start those parts again. The exit code is 1 if cases are missing or failed. Of parts of several numbers, \
      those that were begun last are merged; --shards says another number. \
      `calvaria batch merge OUT` does the same.

      EXAMPLES
        calvaria merge out
      """)

  @Argument(help: "The output folder of the batch.", completion: .directory)
  var folder: String

  @Option(
    help: ArgumentHelp("The number of parts (default: that of the last).", valueName: "n"))
  var shards: Int?

  func validate() throws { try BatchCommand.requireNumber(ofShards: shards) }

  func run() throws {
    var merge = try BatchMerge(folder, of: shards)
    merge.notice = { StandardError.writeLine($0) }
    let account = try merge.write()
    BatchResults.print(account, folder: folder)
    if account.status != .completed { throw Ending.failure }
  }

  /// `batch merge OUT` as `merge OUT`. With `-o`, which every batch needs, `merge` is the name of a data set.
  static func rewritten(_ arguments: [String]) -> [String] {
    guard arguments.starts(with: ["batch", "merge"]),
      !arguments.contains(where: { $0.hasPrefix("-o") || $0.hasPrefix("--output") })
    else { return arguments }
    return Array(arguments.dropFirst())
  }
}
