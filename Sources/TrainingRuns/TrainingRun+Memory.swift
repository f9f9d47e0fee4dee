import Errors
import MessagePassing
import ModelTraining
import NeuralEngine
import SyntheticSkulls

extension TrainingRun {
  /// Refuses a training that would not fit, before anything of it is made.
  static func checkMemory(_ request: Request, _ listing: FolderListing?)
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
    // Ranks send each other their skulls in pieces, which are held as they go out and as they come.
    if let ranks = request.ranks, case .population = request.file.data {
      let skull = (voxels + 7) / 8
      drawing += 2 * max(ranks.count * skull, min(items * skull, type(of: ranks).sharedBytes))
    }
    let volumeBytes = items * held * ((voxels + 7) / 8) + drawing
    func memory(minibatch: Int?) -> TrainingMemory {
      TrainingMemory(
        configuration, items: items, volumeBytes: volumeBytes, engine: request.engine,
        minibatch: minibatch, isParallel: request.ranks != nil)
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
}
