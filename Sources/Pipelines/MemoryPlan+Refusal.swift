package import Dataflow
package import Errors

extension MemoryPlan {
  /// The error for a case that can never fit a limit, with the numbers of its largest step.
  ///
  /// - Parameters:
  ///   - path: the case's file.
  ///   - limit: in bytes.
  /// - Precondition: the plan has steps.
  package func refusal(of path: String, limit: Int) -> Diagnostic {
    let step = largest!
    return Diagnostic(
      .memory, path, field: "memory", expected: "at most \(Diagnostic.megabytes(limit))",
      found: "stage \(step.stage), which needs "
        + "\(Diagnostic.megabytes(step.demand.peakBytes)) beside "
        + "\(Diagnostic.megabytes(step.heldBytes)) in use",
      remedy: "raise --memory to \(Diagnostic.megabytes(peakBytes)) or downsample first")
  }
}
