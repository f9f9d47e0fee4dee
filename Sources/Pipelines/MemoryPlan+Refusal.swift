package import Dataflow
package import Errors

extension MemoryPlan {
  /// What to say of a case that can never fit a limit, with the numbers of its largest step.
  ///
  /// - Parameters:
  ///   - path: the case's file.
  ///   - limit: in bytes.
  /// - Precondition: the plan has steps.
  package func refusal(of path: String, limit: Int) -> Diagnostic {
    let step = largest!
    return Diagnostic(
      .memory, path, field: "memory", expected: "at most \(Diagnostic.megabytes(limit))",
      found: "that stage \(step.stage) needs \(Diagnostic.megabytes(step.demand.peakBytes)) beside "
        + "\(Diagnostic.megabytes(step.heldBytes)) held",
      remedy: "raise --memory to \(Diagnostic.megabytes(peakBytes)) or downsample first")
  }
}
