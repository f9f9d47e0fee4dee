import ArgumentParser
import Foundation
import MessagePassing

/// Runs what several processes do together, and ends them together.
enum RankEnding {
  /// Joins the processes that a launcher started with this one, does the work, and leaves them.
  ///
  /// An error that all ranks know of is thrown by rank 0 alone, the others end with its exit code. Of an error that one
  /// rank meets by itself the others do not know, and wait: it is printed with the rank, and ends all of them.
  ///
  /// - Parameter command: what was parsed.
  static func together(
    _ command: any ParsableCommand.Type, _ work: (MPIRankGroup?) throws -> Void
  ) throws {
    let ranks: MPIRankGroup?
    let environment = ProcessInfo.processInfo.environment
    do { ranks = try MPIRankGroup.join(environment: environment) } catch {
      let launch = RankLaunch(environment: environment)
      throw silenced(error, of: command, on: launch?.rank ?? 0)
    }
    guard let ranks else { return try work(nil) }
    do {
      try work(ranks)
      ranks.leave()
    } catch let failure as SharedFailure {
      ranks.leave()
      throw silenced(failure.diagnostics, of: command, on: ranks.rank)
    } catch let ending as Ending {
      ranks.leave()
      throw ending
    } catch {
      for line in Failure.lines(of: error, command) {
        Failure.print("rank \(ranks.rank) of \(ranks.count): \(line)")
      }
      ranks.abort(code: Ending(error, of: command).code)
    }
  }

  /// The error itself on rank 0; elsewhere its exit code alone.
  private static func silenced(
    _ error: any Error, of command: any ParsableCommand.Type, on rank: Int
  ) -> any Error {
    rank == 0 ? error : Ending(error, of: command)
  }
}
