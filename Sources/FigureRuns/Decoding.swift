import BetaVAE
import Completion
import Skulls
import Volumes
import VoxelOps

/// A model that figures show at work.
struct Decoding {
  let loaded: LoadedLatentModel
  let threads: Int

  /// - Throws: `Diagnostic` where the file is no model, or needs more than `memory` bytes.
  init(_ path: String, threads: Int, memory: Int) throws {
    loaded = try LatentMemory.load(path, memory: memory)
    self.threads = threads
  }

  func latent(of skull: Mask) throws -> Latent {
    try loaded.model.encode(skull, threads: threads).latent
  }

  /// A skull with a hole, moved by γ · DEV of a class.
  struct Completed {
    /// What the model makes of it.
    var skull: Mask
    /// What of that is new: the implant before any cleaning.
    var added: Mask
    /// Dice of the added bone and the bone that is missing; nil where both are empty.
    var dice: Double?
  }

  func complete(_ shown: ShownCase, _ latent: Latent, of name: String, gamma: Double) throws
    -> Completed
  {
    let skull = try latent.shifted(from: name, gamma: gamma).decoded(threads: threads)
    let added = try skull.subtracting(shown.defective, threads: threads)
    return Completed(
      skull: skull, added: added, dice: try added.dice(with: shown.missing, threads: threads))
  }
}
