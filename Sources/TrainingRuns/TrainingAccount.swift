import BetaVAE
public import Accounts
import Errors
import ModelTraining
import Files
import Foundation

/// The account of a training: `run.json` in its folder.
public struct TrainingAccount: Encodable, Sendable {
  /// The version of this form; a reader that meets a newer one must refuse it.
  public var formatVersion = 1
  public var program: RunAccount.Program
  /// The command line, from the subcommand on.
  public var command: [String]
  /// When this run of the training began, ISO 8601 in UTC.
  public var started: String
  /// How long it took, in seconds.
  public var seconds: Double
  public var status: RunAccount.Status
  /// What went wrong, in one line.
  public var error: String?
  /// What the user should know, such as files of the data that were left out.
  public var warnings: [String]
  public var training: Training
  public var data: Data
  public var resources: Resources
  /// Where it went on from; nil: from the beginning.
  public var resumed: Place?
  /// Where it stopped; nil: at the end.
  public var stopped: Place?
  /// The finished model's scores, by key.
  public var scores: [String: String]
  public var outputs: [Output]

  public struct Training: Encodable, Sendable {
    public var name: String
    public var file: String
    public var sha256: String
    /// Every setting, with what `--set` changed.
    public var configuration: [String: String]
  }

  public struct Data: Encodable, Sendable {
    /// What tells these volumes from others; a checkpoint compares it before it goes on.
    public var sha256: String
    /// The skull that a population varies.
    public var template: String?
    /// SHA-256 of the voxels of the template; nil for formulas and folders.
    public var templateSHA256: String?
    /// Nil where a population was made in memory.
    public var folder: String?
    public var classes: [String]
    public var trainingSkulls: Int
    /// Skulls that are not trained on: their scores choose the epoch that is kept.
    public var validationSkulls: Int
  }

  public struct Resources: Encodable, Sendable {
    /// The engine of this run; those of others that it went on from are in the model's provenance.
    public var engine: String
    public var threads: Int
    /// The most bytes of physical memory that the process held.
    public var peakBytes: Int
    /// Nil where one process trained.
    public var ranks: Ranks?
  }

  /// The processes of a training over several; what stands beside it is of rank 0.
  public struct Ranks: Encodable, Sendable {
    public var count: Int
    /// What carried their messages, such as `Open MPI v4.1.4`.
    public var carrier: String
    /// The machine of each, by rank.
    public var hosts: [String]
    /// Seconds of rank 0 in messages, waiting included.
    public var messageSeconds: Double
  }

  public struct Place: Encodable, Sendable {
    public var stage: Int
    /// The epoch, from 0.
    public var epoch: Int
    /// Steps of it that are done.
    public var step: Int

    init(_ place: TrainingPlace) {
      (stage, epoch, step) = (place.stage, place.epoch, place.step)
    }
  }

  public struct Output: Encodable, Sendable {
    /// Its name in the folder.
    public var file: String
    public var bytes: Int
    public var sha256: String
  }

  /// The files of a folder that there are.
  static func outputs(in folder: String) -> [Output] {
    [
      TrainingLog.csvName, TrainingLog.jsonName, TwoStageTrainer.lastCheckpoint,
      TwoStageTrainer.bestCheckpoint, TwoStageTrainer.firstStageFile, ModelFile.name,
    ].compactMap { name in
      guard let file = try? InputFile("\(folder)/\(name)"), let digest = try? file.sha256() else {
        return nil
      }
      return Output(file: name, bytes: file.size, sha256: digest)
    }
  }

  /// Writes the account as JSON with sorted keys.
  func write(to path: String) throws {
    try JSONFile.write(self, to: path)
  }
}
