public import Accounts
import BetaVAE
public import ModelTraining
import Populations
import Reports
import Errors
import Files
import Foundation
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
    /// Threads of the engine.
    public var threads = HostResources.usableCores
    /// Bytes that the training may take.
    public var memory = HostResources.plannedMemory
    /// Hears of what the user should know, when it is known.
    public var warned: (String) -> Void = { _ in }
    public var engine: any Engine
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
  private let lock: FolderLock
  private let volumes: any TrainingVolumes
  private let trainer: TwoStageTrainer
  private let template: (name: String, sha256: String?)?
  private let started = RunAccount.now
  private let begin = ContinuousClock.now
  private var warnings: [String] = []
  /// Skulls to train on and to judge by.
  public let skulls: (training: Int, validation: Int)

  /// Takes the folder for itself, then reads or makes the data.
  ///
  /// - Throws: ``Diagnostics`` where the training would not fit into the memory, where the folder is in
  ///   use, or holds a training that is not to go on; errors of the data.
  public init(_ request: Request) throws {
    self.request = request
    let listing: FolderListing? =
      if case .folder(let source) = request.file.data { try FolderListing(source) } else { nil }
    try Self.checkMemory(request, listing)
    try Folders.make(request.folder)
    lock = try FolderLock(request.folder, for: "training")
    let checkpoint = "\(request.folder)/\(TwoStageTrainer.lastCheckpoint)"
    guard request.resumes || access(checkpoint, F_OK) != 0 else {
      throw Diagnostics([
        Diagnostic(
          .configuration, checkpoint, field: "output folder", expected: "one without a training",
          found: "one", remedy: "go on with --resume, or choose another folder with -o")
      ])
    }
    let configuration = request.file.configuration
    let shape = configuration.architecture.inputShape
    switch request.file.data {
    case .folder(let source):
      template = nil
      volumes = try FolderVolumes.read(
        listing ?? FolderListing(source), source, shape: shape, seed: configuration.seed,
        threads: request.threads)
    case .population(let source):
      let (skull, digest) = try Self.template(source.template, threads: request.threads)
      template = (skull.name, source.template == "analytic" ? nil : digest)
      volumes =
        if let settings = source.randomization {
          try RandomizedVolumes(
            source, settings, template: skull, digest: digest, shape: shape,
            threads: request.threads)
        } else {
          try PopulationVolumes(
            source, template: skull, digest: digest, shape: shape, threads: request.threads)
        }
    }
    trainer = try TwoStageTrainer(
      configuration, volumes: volumes, engine: request.engine, threads: request.threads,
      folder: request.folder, program: "calvaria \(request.program.version)",
      storage: request.file.storage)
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

  /// Refuses a training that would not fit, before anything of it is made.
  private static func checkMemory(_ request: Request, _ listing: FolderListing?)
    throws(Diagnostics)
  {
    let configuration = request.file.configuration
    let voxels = configuration.architecture.voxels
    var field = "data.folder"
    var items = listing?.count ?? 0
    // How often each volume is held.
    var held = 1
    if case .folder(let source) = request.file.data { held = source.copies }
    // A skull and its hole are drawn on bytes, with some maps beside them.
    var drawing = 0
    if case .population(let source) = request.file.data {
      field = "data.skulls"
      items = source.skulls * (1 + [source.cranial, source.facial].count { !$0.isEmpty })
      drawing = 12 * voxels * request.threads
      if source.randomization != nil { held = 0 }
    }
    let volumeBytes = items * held * ((voxels + 7) / 8) + drawing
    func memory(minibatch: Int?) -> TrainingMemory {
      TrainingMemory(
        configuration, items: items, volumeBytes: volumeBytes, engine: request.engine,
        minibatch: minibatch)
    }
    let needed = memory(minibatch: nil)
    guard needed.total > request.memory else { return }
    if needed.data <= request.memory {
      let largest = max(configuration.first.minibatch, configuration.second?.stage.minibatch ?? 0)
      let stage = configuration.first.minibatch == largest ? "stage1" : "stage2"
      field = memory(minibatch: 1).total > request.memory ? "network" : "\(stage).batch"
    }
    throw Diagnostics([
      Diagnostic(
        .configuration, request.file.path, field: field,
        expected: "a training that takes at most \(Diagnostic.megabytes(request.memory)) of memory",
        found: "one that needs \(Diagnostic.megabytes(needed.total)) (networks "
          + "\(Diagnostic.megabytes(needed.networks)), checkpoints "
          + "\(Diagnostic.megabytes(needed.checkpoints)), data \(Diagnostic.megabytes(needed.data)))",
        remedy:
          "take a smaller shape, fewer channels, latents, skulls or samples a minibatch, or give "
          + "more with --memory")
    ])
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
  /// - Throws: as ``TwoStageTrainer/run(resume:events:)``; `Diagnostic` where the log or the account
  ///   cannot be written.
  public func run(
    began: @escaping (TrainingPlace) -> Void, stepped: @escaping (TrainingStep) -> Void,
    epochEnded: @escaping (EpochRecord) -> Void, shouldStop: @escaping () -> Bool
  ) throws -> Bool {
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
        peakBytes: HostResources.peakResidentBytes),
      resumed: resumed.map(TrainingAccount.Place.init),
      stopped: stopped.map(TrainingAccount.Place.init),
      scores: scores?.texts ?? [:],
      outputs: TrainingAccount.outputs(in: request.folder)
    ).write(to: "\(request.folder)/run.json")
  }
}
