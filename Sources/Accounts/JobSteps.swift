/// The steps of a job that is no graph of stages, with how long each usually takes beside the others: so that whoever waits
/// sees what is done, and about how much is left.
public struct JobSteps {
  /// Called as a step begins, with its name and the share of the job that lies behind, from 0 to below 1.
  public typealias Observer = @Sendable (_ step: String, _ done: Double) -> Void

  private let seconds: KeyValuePairs<String, Double>
  private let observer: Observer

  /// - Parameter seconds: of each step in order, in any unit; a step that is left out takes none.
  public init(_ seconds: KeyValuePairs<String, Double>, observer: @escaping Observer) {
    (self.seconds, self.observer) = (seconds, observer)
  }

  /// Says that a step begins.
  public func begin(_ step: String) {
    let all = seconds.reduce(0) { $0 + $1.value }
    let before = seconds.prefix { $0.key != step }.reduce(0) { $0 + $1.value }
    observer(step, all > 0 ? before / all : 0)
  }
}
