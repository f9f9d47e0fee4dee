import BetaVAE
package import Dataflow
import Errors
import Stages

extension Pipeline {
  /// Prepares what all cases share, such as model files.
  ///
  /// - Returns: what the account says of the model files.
  /// - Throws: the error of a stage that cannot be prepared, such as a missing model file; ``Diagnostics``
  ///   about a stage at which every case would fail, such as one that names a class that the model does
  ///   not know, and about models too large for `memory`.
  package func ready(memory: Int) throws -> [Note] {
    try requireReadableModels(memory: memory)
    let models = try graph.prepare()
    try foresee()
    return models
  }

  /// Throws if every case would fail at a stage: exit code 2.
  ///
  /// - Throws: ``Diagnostics`` with the code of the reason and the place of the stage; other errors
  ///   unchanged.
  private func foresee() throws {
    do { try graph.foresee() } catch {
      guard let reason = error.underlying as? Diagnostic, reason.subject.isEmpty else {
        throw error.underlying
      }
      throw Diagnostics([
        Diagnostic(
          reason.code, path, at: places[error.stage],
          field: "stages.\(error.stage).\(reason.field)", expected: reason.expected,
          found: reason.found, remedy: reason.remedy)
      ])
    }
  }

  /// Throws if a model file is too large to be read within a limit: exit code 2.
  ///
  /// - Throws: ``Diagnostics`` with the numbers.
  private func requireReadableModels(memory: Int) throws(Diagnostics) {
    var diagnostics: [Diagnostic] = []
    for parameters in parameters.sorted(by: { $0.key < $1.key }).map(\.value) {
      guard case .text(let model)? = parameters["model"], LatentModelReference.recognizes(model)
      else { continue }
      do {
        try LatentMemory.requireReadable(LatentModelReference.at(model).path, memory: memory)
      } catch {
        diagnostics.append(error)
      }
    }
    if !diagnostics.isEmpty { throw Diagnostics(diagnostics) }
  }
}
