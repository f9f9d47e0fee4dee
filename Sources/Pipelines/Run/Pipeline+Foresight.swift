import ShapeModels
import StageGraph
import Stages

extension Pipeline {
  /// Throws where a stage can be seen to fail for every case before the first one: exit code 2.
  ///
  /// - Throws: ``PipelineErrors`` with the stage's place; other errors as they are.
  func foresee() throws {
    do { try graph.foresee() } catch {
      guard let reason = error.underlying as? StageError else { throw error.underlying }
      throw PipelineErrors([
        Diagnostic(
          file: path, place: places[error.stage],
          field: "stages.\(error.stage).\(reason.field)", expected: reason.expected,
          found: reason.found, remedy: reason.remedy)
      ])
    }
  }

  /// Throws where a model file is too large to be read within a limit: exit code 2.
  ///
  /// - Throws: ``PipelineErrors`` with the numbers.
  func requireReadableModels(memory: Int) throws(PipelineErrors) {
    var diagnostics: [Diagnostic] = []
    for parameters in parameters.sorted(by: { $0.key < $1.key }).map(\.value) {
      guard case .text(let model)? = parameters["model"], LatentModelReference.recognizes(model)
      else { continue }
      do {
        try LatentMemory.requireReadable(LatentModelReference.at(model).path, memory: memory)
      } catch {
        diagnostics.append(
          Diagnostic(
            file: error.path, place: nil, field: error.field, expected: error.expected,
            found: error.found, remedy: error.remedy))
      }
    }
    if !diagnostics.isEmpty { throw PipelineErrors(diagnostics) }
  }
}
