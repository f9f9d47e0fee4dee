import Accounts
import BetaVAE
import Errors
import Files
import ModelTraining

/// What a training left behind: its curves, and its models.
struct TrainingResult {
  /// The curves, `log.csv`.
  let log: CSVTable
  /// The folder; nil: only the curves are known.
  let folder: String?

  /// - Parameter path: a folder of `calvaria train`, or a `log.csv`.
  /// - Throws: `Diagnostic` where there are no curves, or none yet.
  init(_ path: String) throws(Diagnostic) {
    let isTable = path.hasSuffix(".csv")
    let table = isTable ? path : "\(path)/\(TrainingLog.csvName)"
    do {
      log = try CSVTable(contentsOf: table, with: ["stage", "epoch", "dice_loss", "kld", "beta"])
    } catch {
      var error = error
      if error.code == .unreadable, error.place == nil {
        error.remedy = "run `calvaria train`, or name its output folder"
      }
      throw error
    }
    guard !log.rows.isEmpty else {
      throw Diagnostic(
        .unreadable, table, field: "table", expected: "a line an epoch", found: "none",
        remedy: "wait for the first epoch")
    }
    folder = isTable ? nil : path
  }

  /// What an epoch of a training stage measured.
  struct Epoch {
    var stage, epoch: Int
    var diceLoss: Double
    /// Nil in stage 2.
    var kld: Double?
    var trainingDice, validationDice: Double?
    var beta: Double?
  }

  /// The epochs in the order of the training.
  var epochs: [Epoch] {
    func optional(_ name: String) -> [Double?] {
      log.columns.contains(name) ? log.numbers(name) : log.rows.map { _ in nil }
    }
    let (stages, numbers) = (log.numbers("stage"), log.numbers("epoch"))
    let (losses, divergences, betas) = (
      log.numbers("dice_loss"), log.numbers("kld"), log.numbers("beta")
    )
    let (training, validation) = (optional("training_dice"), optional("validation_dice"))
    return log.rows.indices.compactMap { row in
      guard let stage = stages[row].flatMap({ Int(exactly: $0) }),
        let epoch = numbers[row].flatMap({ Int(exactly: $0) }), let loss = losses[row]
      else { return nil }
      return Epoch(
        stage: stage, epoch: epoch, diceLoss: loss, kld: divergences[row],
        trainingDice: training[row], validationDice: validation[row], beta: betas[row])
    }
  }

  /// β of stage 1, as it was in the end.
  var beta: Double? { epochs.last { $0.stage == 1 }?.beta }

  /// The model of the training's end.
  func modelPath() throws(Diagnostic) -> String { try file(ModelFile.name) }

  /// The model of the first training stage; of a training with one stage that of its end.
  func firstModelPath() throws(Diagnostic) -> String {
    let has = epochs.contains { $0.stage == 2 }
    return try file(has ? TwoStageTrainer.firstStageFile : ModelFile.name)
  }

  private func file(_ name: String) throws(Diagnostic) -> String {
    guard let folder else {
      throw Diagnostic(
        .unreadable, log.file.path, field: "training", expected: "the folder of a training",
        found: "its curves alone", remedy: "name the folder")
    }
    return "\(folder)/\(name)"
  }

  /// The divergence of each dimension in the last epoch of stage 1, from `log.jsonl`.
  ///
  /// - Throws: `Diagnostic` where the log is gone or does not say.
  func divergenceByDimension() throws(Diagnostic) -> [Double] {
    let path = try file(TrainingLog.jsonName)
    let records = try TrainingLog.records(in: folder ?? "")
    if let known = records.last(where: { $0.stage == 1 && $0.kldByDimension != nil }) {
      return known.kldByDimension ?? []
    }
    throw Diagnostic(
      .unreadable, path, field: "kldByDimension", expected: "an epoch of stage 1 that has it",
      found: "none", remedy: "name the folder of a finished training")
  }
}
