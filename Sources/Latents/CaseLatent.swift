public import Accounts
import BetaVAE
public import Completion
public import Skulls
import Stages
import Errors
public import VolumeIO

public enum CaseLatent {
  /// Reads and encodes a skull, its bone taken by `BoneRule`.
  ///
  /// - Returns: the latent in the model's own mode, and what a user should know.
  /// - Throws: `Diagnostic` about the file; `Diagnostic`, with the file named,
  ///   where there is no head in it, or with the code `memory` where it takes more than `memory`.
  public static func encode(
    _ path: String, by loaded: LoadedLatentModel, rule: FramingRule = .fieldOfView,
    reading: ReadOptions = ReadOptions(), threads: Int = 1,
    memory: Int = HostResources.plannedMemory
  ) throws -> (latent: Latent, warnings: [String]) {
    let plan = EncodingPlan(loaded, rule: rule)
    let file = CaseFile(path: path, reading: reading, staysOpen: true)
    try LatentMemory.require(
      plan.peakBytes(of: file), to: "encode this volume with \(loaded.path)",
      path: path, memory: memory)
    let model = loaded.model
    let (bone, sentences) = try CaseBone.read(file, threads: threads)
    do {
      let (latent, _, warnings) = try model.encode(bone, rule: rule, threads: threads)
      return (latent, sentences + warnings)
    } catch let error as Diagnostic {
      throw error.about(path)
    }
  }
}
