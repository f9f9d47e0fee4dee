import Accounts
import MessagePassing
import ModelTraining
import NeuralEngine
import SyntheticSkulls

extension TrainingFile.Source {
  /// All that the data are chosen by, in one line.
  fileprivate var text: String {
    switch self {
    case .folder(let source):
      let folders = [source.complete] + source.cranial + source.facial
      return "\(source.folder): \(folders.joined(separator: ", ")), \(source.framing), "
        + "segment \(source.segment ?? "none"), copies \(source.copies)"
    case .population(let source):
      let kinds = (source.cranial + source.facial).map(\.rawValue).joined(separator: ", ")
      let randomized = source.randomization?.texts.sorted { $0.key < $1.key } ?? []
      return "\(source.skulls) skulls of \(source.template), seed \(source.seed), \(kinds)"
        + (source.redraws ? ", drawn again" : "")
        + randomized.map { ", \($0) \($1)" }.joined()
    }
  }
}

extension TrainingRun {
  /// Makes sure that all ranks were started to train the same.
  ///
  /// - Throws: ``SharedFailure`` that names what differs, and where.
  static func agree(_ ranks: any RankGroup, _ request: Request) throws {
    let settings = request.file.configuration.texts.sorted { $0.key < $1.key }
    try ranks.requireEqual(
      [
        "program": request.program.version, "engine": request.engine.name,
        "training file": settings.map { "\($0) \($1)" }.joined(separator: "\n"),
        "data": request.file.data.text,
        "output folder": request.folder,
        "going on": request.resumes ? "with --resume" : "without --resume",
      ], remedy: "start all ranks with one program and one file, on machines of one kind")
  }
}
