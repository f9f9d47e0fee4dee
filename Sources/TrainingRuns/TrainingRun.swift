public import Accounts
import BetaVAE
public import ModelTraining
import Populations
import Reports
import Errors
import Files
import Foundation
public import MessagePassing
public import NeuralEngine
import SyntheticSkulls
import Dataflow
import Stages
import VolumeIO
import Volumes

/// A training in its folder: data, log, checkpoints, model, account.
public final class TrainingRun {
  /// What to train, where, and with what.
  public struct Request {
    public var file: TrainingFile
    /// The folder for outputs; made where it is missing.
    public var folder: String
    /// Go on from the folder's checkpoint, if there is one.
    public var resumes = false
    /// How many threads the engine takes; of several ranks, each.
    public var threads = HostResources.usableCores
    /// Bytes that the training may take.
    public var memory = HostResources.plannedMemory
    /// Hears of what the user should know, when it is known.
    public var warned: (String) -> Void = { _ in }
    public var engine: any Engine
    /// The other processes of this training; nil: there are none.
    public var ranks: (any RankGroup)?
    /// The command line, for the account.
    public var command: [String] = []
    public var program: RunAccount.Program

    public init(
      file: TrainingFile, folder: String, engine: any Engine, program: RunAccount.Program
    ) {
      (self.file, self.folder, self.engine, self.program) = (file, folder, engine, program)
    }
  }

  private let request: Request
  /// Nil on ranks that leave the folder to rank 0.
  private let lock: FolderLock?
  private let volumes: any TrainingVolumes
  private let trainer: TwoStageTrainer
  private let template: (name: String, sha256: String?)?
  private let started = RunAccount.now
  private let begin = ContinuousClock.now
  private var warnings: [String] = []
  /// The machine of each rank.
  private let hosts: [String]
  /// Skulls to train on and to judge by.
  public let skulls: (training: Int, validation: Int)

  /// Takes the folder for itself, then reads or makes the data.
  ///
  /// - Throws: ``Diagnostics`` where the training would not fit into the memory, where the folder is in
  ///   use, or holds a training that is not to go on; errors of the data. Of several ranks, ``SharedFailure`` with
  ///   these, on all, and where they were given different trainings or data.
  public init(_ request: Request) throws {
    self.request = request
    let ranks = request.ranks
    if let ranks { try Self.agree(ranks, request) }
    let configuration = request.file.configuration
    let listing: FolderListing?
    (listing, lock) = try ranks.agree {
      var listing: FolderListing?
      if case .folder(let source) = request.file.data { listing = try FolderListing(source) }
      try Self.checkMemory(request, listing)
      return (listing, (ranks?.rank ?? 0) == 0 ? try Self.take(request) : nil)
    }
    let shape = configuration.architecture.inputShape
    switch request.file.data {
    case .folder(let source):
      template = nil
      volumes = try ranks.agree {
        try FolderVolumes.read(
          listing ?? FolderListing(source), source, shape: shape, seed: configuration.seed,
          threads: request.threads)
      }
    case .population(let source):
      let (skull, digest) = try ranks.agree {
        try Self.template(source.template, threads: request.threads)
      }
      template = (skull.name, source.template == "analytic" ? nil : digest)
      volumes =
        if let settings = source.randomization {
          try ranks.agree {
            try RandomizedVolumes(
              source, settings, template: skull, digest: digest, shape: shape,
              threads: request.threads)
          }
        } else {
          try PopulationVolumes(
            source, template: skull, digest: digest, shape: shape, threads: request.threads,
            ranks: ranks)
        }
    }
    try ranks?.requireEqual(
      ["data": volumes.identity], remedy: "let all ranks see the same files")
    hosts =
      ranks?.gather(Array(RunAccount.Host().name.utf8)).map { String(decoding: $0, as: UTF8.self) }
      ?? []
    trainer = try ranks.agree { [volumes] in
      try TwoStageTrainer(
        configuration, volumes: volumes, engine: request.engine, threads: request.threads,
        folder: request.folder, program: "calvaria \(request.program.version)",
        storage: request.file.storage,
        parallelism: ranks.map {
          DataParallelism(
            ranks: $0, synchronizesNormalization: configuration.synchronizesNormalization)
        })
    }
    skulls = (
      Set(trainer.split.training.map(\.skull)).count,
      Set(trainer.split.validation.map(\.skull)).count
    )
    for warning in listing?.warnings ?? [] { warn(warning) }
  }

  private func warn(_ warning: String) {
    warnings.append(warning)
    request.warned(warning)
  }

  /// Makes the folder and takes it.
  private static func take(_ request: Request) throws -> FolderLock {
    try Folders.make(request.folder)
    let lock = try FolderLock(request.folder, for: "training")
    let checkpoint = "\(request.folder)/\(TwoStageTrainer.lastCheckpoint)"
    guard request.resumes || access(checkpoint, F_OK) != 0 else {
      throw Diagnostics([
        Diagnostic(
          .configuration, checkpoint, field: "output folder", expected: "one without a training",
          found: "one", remedy: "go on with --resume, or choose another folder with -o")
      ])
    }
    return lock
  }

  private static func template(_ text: String, threads: Int) throws -> (SkullTemplate, String) {
    if text == "analytic" {
      return (SkullTemplate.analytic(spacing: 4, threads: threads), "analytic")
    }
    let path = try text == "sample" ? SampleData.cranium() : text
    let image = try ImageFile(opening: path)
    let name = path.split(separator: "/").last.map(String.init) ?? path
    do {
      let (volume, digest) = try image.hashedVolume(applyScaling: true)
      return (try PopulationRun.template(of: volume, name: name, threads: threads), digest)
    } catch let error as Diagnostic {
      throw error.about(path)
    }
  }

  /// Trains, keeps the log, and writes `run.json` whatever comes.
  ///
  /// - Parameters:
  ///   - began: where the training goes on from.
  ///   - stepped: after each step.
  ///   - epochEnded: after each epoch, its line of the log.
  ///   - shouldStop: asked after each step.
  /// - Returns: whether the training is finished; where it is not, it was stopped.
  ///
  /// Of several ranks only rank 0 tells of steps and epochs, keeps the log and writes the account.
  /// - Throws: ``SharedFailure`` for what all ranks know of; as ``TwoStageTrainer/run(resume:events:)``; `Diagnostic` where the log or the account
  ///   cannot be written.
  public func run(
    began: @escaping (TrainingPlace) -> Void, stepped: @escaping (TrainingStep) -> Void,
    epochEnded: @escaping (EpochRecord) -> Void, shouldStop: @escaping () -> Bool
  ) throws -> Bool {
    guard (request.ranks?.rank ?? 0) == 0 else {
      var events = TrainingEvents()
      events.shouldStop = shouldStop
      guard case .finished = try trainer.run(resume: request.resumes, events: events) else {
        return false
      }
      return true
    }
    var log: TrainingLog?
    var page = page()
    var place = TrainingPlace.beginning
    var resumed: TrainingPlace?
    var events = TrainingEvents()
    let folder = request.folder
    // An epoch is worth more than its page.
    var isTold = false
    func besides(_ work: () throws -> Void) {
      do { try work() } catch {
        if !isTold { self.warn("the page of the training cannot be written: \(error)") }
        isTold = true
      }
    }
    events.began = { lines, beginning in
      place = beginning
      let opened = try TrainingLog(folder: folder, lines: lines, place: place)
      for warning in opened.warnings { self.warn(warning) }
      log = opened
      page.takeOver(lines: lines)
      page.report.warnings = self.warnings
      besides { try page.write() }
      if place != .beginning { resumed = place }
      began(place)
    }
    events.warned = { self.warn($0) }
    events.stepped = { step in
      place = step.place
      stepped(step)
    }
    events.reconstructed = { volumes in
      besides { try page.add(volumes, stage: place.stage, epoch: place.epoch) }
    }
    events.epochEnded = { record in
      try log?.append(record)
      page.report.epochs.append(record)
      page.report.warnings = self.warnings
      besides { try page.write() }
      epochEnded(record)
    }
    events.shouldStop = shouldStop
    do {
      switch try trainer.run(resume: request.resumes, events: events) {
      case .finished(_, let scores):
        try account(.completed, resumed: resumed, scores: scores)
        besides { try end(&page, .finished) }
        return true
      case .interrupted(let place):
        try account(.cancelled, resumed: resumed, stopped: place)
        besides { try end(&page, .stopped) }
        return false
      }
    } catch {
      // The error that stopped the training is the one to tell.
      try? account(.failed, resumed: resumed, error: error)
      try? end(&page, .failed("\(error)"))
      throw error
    }
  }

  /// The page of the training as it begins.
  private func page() -> TrainingPage {
    let configuration = request.file.configuration
    var report = TrainingReport(
      name: configuration.name, state: .running, epochs: [], program: request.program.version)
    report.isHeldBack = trainer.shown.isHeldBack
    (report.settings, report.skulls) = (configuration.texts, skulls)
    (report.classes, report.started) = (volumes.classes, started)
    return TrainingPage(
      report, folder: request.folder, shape: configuration.architecture.inputShape)
  }

  /// Writes the page for the last time, with the files that were written.
  private func end(_ page: inout TrainingPage, _ state: TrainingReport.State) throws {
    page.report.state = state
    page.report.warnings = warnings
    page.report.outputs = TrainingAccount.outputs(in: request.folder).map {
      FileRecord(path: $0.file, bytes: $0.bytes, sha256: $0.sha256)
    }
    try page.write()
  }

  private func account(
    _ status: RunAccount.Status, resumed: TrainingPlace?, stopped: TrainingPlace? = nil,
    scores: ValidationScores? = nil, error: (any Error)? = nil
  ) throws {
    var folder: String?
    if case .folder(let source) = request.file.data { folder = source.folder }
    let file = request.file
    try TrainingAccount(
      program: request.program, command: request.command, started: started,
      seconds: (ContinuousClock.now - begin) / .seconds(1), status: status,
      error: error.map { "\($0)" }, warnings: warnings,
      training: .init(
        name: file.configuration.name, file: file.path, sha256: file.sha256,
        configuration: file.configuration.texts),
      data: .init(
        sha256: volumes.identity, template: template?.name, templateSHA256: template?.sha256,
        folder: folder, classes: volumes.classes, trainingSkulls: skulls.training,
        validationSkulls: skulls.validation),
      resources: .init(
        engine: request.engine.name, threads: request.threads,
        peakBytes: HostResources.peakResidentBytes,
        ranks: request.ranks.map {
          .init(count: $0.count, carrier: $0.carrier, hosts: hosts, messageSeconds: $0.seconds)
        }),
      resumed: resumed.map(TrainingAccount.Place.init),
      stopped: stopped.map(TrainingAccount.Place.init),
      scores: scores?.texts ?? [:],
      outputs: TrainingAccount.outputs(in: request.folder)
    ).write(to: "\(request.folder)/run.json")
  }
}
