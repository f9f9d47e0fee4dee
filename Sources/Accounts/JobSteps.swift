/// The steps of a job that is not a graph of stages, with how long each usually takes. A user who waits sees which step runs,
/// and about how much is left.
public struct JobSteps {
  /// Called as a step begins, with its name and the share of the job that lies behind, from 0 to 1.
  public typealias Observer = @Sendable (_ step: String, _ done: Double) -> Void

  private let seconds: KeyValuePairs<String, Double>
  private let observer: Observer

  /// - Parameter seconds: of each step in order, in any unit; a step that is left out takes none.
  public init(_ seconds: KeyValuePairs<String, Double>, observer: @escaping Observer) {
    (self.seconds, self.observer) = (seconds, observer)
  }

  /// Says that a step begins.
  public func begin(_ step: String) {
    precondition(seconds.contains { $0.key == step }, "no step of this job is called \(step)")
    let all = seconds.reduce(0) { $0 + $1.value }
    let before = seconds.prefix { $0.key != step }.reduce(0) { $0 + $1.value }
    observer(step, all > 0 ? before / all : 0)
  }
}
