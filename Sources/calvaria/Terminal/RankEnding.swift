import ArgumentParser
import Foundation
import MessagePassing

/// Runs what several processes do together, and ends them together.
enum RankEnding {
  /// Joins the processes that a launcher started with this one, does the work, and leaves them.
  ///
  /// An error that all ranks know of is printed by rank 0 alone. Of an error that one
  /// rank meets by itself the others do not know, and wait: it is printed with the rank, and ends all of them.
  ///
  /// - Parameter command: what was parsed.
  static func together(
    _ command: any ParsableCommand.Type, _ work: (MPIRankGroup?) throws -> Void
  ) throws {
    let ranks: MPIRankGroup?
    let environment = ProcessInfo.processInfo.environment
    // Before there is a group, nobody knows of the others' errors.
    do { ranks = try MPIRankGroup.join(environment: environment) } catch {
      let rank = RankLaunch(environment: environment)?.rank ?? 0
      for line in Failure.lines(of: error, command) { Failure.print("rank \(rank): \(line)") }
      throw Ending(error, of: command)
    }
    guard let ranks else { return try work(nil) }
    Interrupts.endOnlyByInterrupt()
    do {
      try work(ranks)
      ranks.leave()
    } catch let failure as SharedFailure {
      // Told before anybody leaves: launchers end all when the first has ended with an error.
      if ranks.rank == 0 {
        for line in Failure.lines(of: failure.diagnostics, command) { Failure.print(line) }
      }
      ranks.leave()
      throw Ending(failure.diagnostics, of: command)
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
}
