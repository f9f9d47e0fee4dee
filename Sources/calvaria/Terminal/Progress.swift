import Accounts
import Foundation
import Concurrency
import Dataflow

/// Shows the progress of a run on standard error: a bar on a terminal, plain lines elsewhere.
final class Progress: Sendable {
  enum Level: Sendable { case quiet, normal, verbose }

  private struct State: Sendable {
    var done = 0
    var failed = 0
    var reused = 0
    var running: [String] = []
    /// The share of the only case's time that its finished stages take.
    var share = 0.0
    var lineIsOpen = false
    var lastDrawn = ContinuousClock.now - .seconds(1)
  }

  private let total: Int
  private let level: Level
  private let isTerminal = StandardError.isTerminal
  private let begin = ContinuousClock.now
  private let state = Guarded(State())

  private let shares: StageShares?

  /// - Parameter shares: of the stages of every case, by which the time left of a single one is reckoned; nil: it is not.
  init(cases: Int, level: Level, shares: StageShares? = nil) {
    (total, self.level, self.shares) = (cases, level, shares)
  }

  /// Handles an event; one call at a time.
  func observe(_ event: RunEvent) {
    guard level != .quiet else { return }
    state.withLock { state in
      switch event {
      case .caseStarted: break
      case .stageStarted(let id, let stage, _):
        state.running.append("\(id.name) \(stage)")
        if isTerminal { draw(&state, always: false) }
      case .progress: break
      case .stageFinished(let id, let record):
        let name = id.name
        state.running.removeAll { $0 == "\(name) \(record.stage)" }
        state.share += shares?[record.stage] ?? 0
        if level == .verbose {
          say(&state, "\(name): \(record.stage) \(Self.seconds(record.seconds))")
        }
        for warning in record.warnings {
          say(
            &state,
            "calvaria: warning: " + StandardError.line("\(name): \(record.stage): \(warning)"))
        }
      case .caseFinished(let result):
        state.done += 1
        if case .completed = result.outcome {} else { state.failed += 1 }
        if isTerminal {
          draw(&state, always: state.done == total)
        } else if total > 1 {
          say(&state, StandardError.line("\(state.done)/\(total) \(result.id.name)"))
        }
      }
    }
  }

  /// A step of a job that is no graph begins, the only case of this bar; seen on a terminal alone.
  ///
  /// - Parameter share: of the job's usual time that lies behind.
  func begin(_ step: String, done share: Double) {
    guard level != .quiet, isTerminal else { return }
    state.withLock { state in
      (state.share, state.running) = (share, [step])
      draw(&state, always: true)
    }
  }

  /// Counts a case as done, without an event of a run; prints about twenty lines in all if there is no
  /// terminal.
  func finished(_ name: String, failed: Bool = false, reused: Bool = false) {
    guard level != .quiet else { return }
    state.withLock { state in
      state.done += 1
      if failed { state.failed += 1 }
      if reused { state.reused += 1 }
      if isTerminal {
        draw(&state, always: state.done == total)
      } else if state.done == total || state.done % max(1, total / 20) == 0 {
        say(&state, StandardError.line("\(state.done)/\(total)\(facts(of: state)) \(name)"))
      }
    }
  }

  /// Prints a line above the bar.
  func line(_ text: String) {
    guard level != .quiet else { return }
    state.withLock { say(&$0, StandardError.line(text)) }
  }

  /// Removes the bar, so that other text starts on a new line.
  func close() { state.withLock { erase(&$0) } }

  private func say(_ state: inout State, _ line: String) {
    erase(&state)
    StandardError.writeLine(line)
  }

  private func erase(_ state: inout State) {
    if state.lineIsOpen { StandardError.write("\r\u{1B}[K") }
    state.lineIsOpen = false
  }

  /// Redraws the bar, at most ten times a second.
  private func draw(_ state: inout State, always: Bool) {
    let now = ContinuousClock.now
    guard always || now - state.lastDrawn > .milliseconds(100) else { return }
    state.lastDrawn = now
    let width = 20
    let share =
      total == 1 && state.done == 0
      ? min(state.share, 1) : Double(state.done) / Double(max(1, total))
    let filled = total == 0 ? width : Int(Double(width) * share)
    let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled)
    var text = "[\(bar)] \(state.done)/\(total)\(facts(of: state))"
    if let stage = state.running.last { text += "  " + StandardError.line(stage) }
    StandardError.write("\r\u{1B}[K" + text.prefix(120))
    state.lineIsOpen = true
  }

  /// The numbers of failed and reused cases, cases per minute, the time left and the memory in use.
  private func facts(of state: State) -> String {
    var text = ""
    if state.failed > 0 { text += ", \(state.failed) failed" }
    if state.reused > 0 { text += ", \(state.reused) reused" }
    let elapsed = (ContinuousClock.now - begin) / .seconds(1)
    if total == 1, state.done == 0, state.share > 0.02, elapsed > 1 {
      text += ", about \(Self.seconds(elapsed * (1 - state.share) / state.share)) left"
    }
    // Reused cases took no time, so they do not count for the time left.
    let made = state.done - state.reused
    if made > 0, state.done < total {
      let each = (ContinuousClock.now - begin) / .seconds(1) / Double(made)
      text += String(format: ", %.1f a minute", 60 / max(each, 1e-9))
      text += ", \(Self.seconds(each * Double(total - state.done))) left"
    }
    return text + ", \(HostResources.residentBytes / 1_000_000) MB"
  }

  static func seconds(_ seconds: Double) -> String {
    seconds < 100
      ? String(format: "%.1f s", seconds)
      : String(format: "%d:%02d min", Int(seconds) / 60, Int(seconds) % 60)
  }
}
