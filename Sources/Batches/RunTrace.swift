import Dataflow
import Errors
import Files
import Foundation

/// A timeline of the stages for the trace viewers of Chrome and Perfetto, with one row per busy worker of a
/// lane.
///
/// *Source*: Google's "Trace Event Format": complete events (`X`), times in µs.
struct RunTrace: Sendable {
  /// The group of rows.
  enum Lane: String, CaseIterable, Sendable {
    case planning, files, compute
  }

  /// A piece of work with a start and a duration.
  struct Span: Sendable {
    var caseName: String
    var name: String
    var lane: Lane
    /// Seconds from the start of the run.
    var start: Double
    var seconds: Double
    /// The cores that it got.
    var cores = 1
    var declaredBytes = 0
    var outputBytes = 0
    var state = ""
  }

  var spans: [Span]

  private struct Event: Encodable {
    struct Arguments: Encodable {
      var `case`: String?
      var cores, declaredBytes, outputBytes: Int?
      var state, name: String?
    }
    var name: String
    var ph: String
    var pid = 1
    var tid: Int
    var ts, dur: Double?
    var args: Arguments
  }
  private struct Trace: Encodable {
    var displayTimeUnit = "ms"
    var traceEvents: [Event]
  }

  /// Throws if the trace cannot be written; called before the run.
  static func requirePlace(_ path: String) throws(Diagnostic) {
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    guard access(folder, W_OK) != 0 else { return }
    throw Diagnostic(
      .unwritable, path, field: "trace", expected: "a folder that can be written",
      found: String(cString: strerror(errno)), remedy: "name another file with --trace")
  }

  /// Writes the trace as JSON.
  ///
  /// - Throws: `Diagnostic` if the file cannot be written.
  func write(to path: String) throws {
    var events: [Event] = []
    var row = 0
    for lane in Lane.allCases {
      let own = spans.filter { $0.lane == lane }.sorted { $0.start < $1.start }
      // The first free row, so that there are no more rows than workers.
      var ends: [Double] = []
      for span in own {
        let place = ends.firstIndex { $0 <= span.start } ?? ends.count
        let end = span.start + span.seconds
        if place == ends.count { ends.append(end) } else { ends[place] = end }
        events.append(
          Event(
            name: span.name, ph: "X", tid: row + place, ts: span.start * 1e6,
            dur: span.seconds * 1e6,
            args: .init(
              case: span.caseName, cores: span.cores, declaredBytes: span.declaredBytes,
              outputBytes: span.outputBytes, state: span.state)))
      }
      for place in ends.indices {
        events.append(
          Event(
            name: "thread_name", ph: "M", tid: row + place,
            args: .init(name: "\(lane.rawValue) \(place + 1)")))
      }
      row += ends.count
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    try AtomicFile.write([UInt8](try encoder.encode(Trace(traceEvents: events))), to: path)
  }
}
