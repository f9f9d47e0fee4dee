import Completion
import Errors
import Files
import ModelTraining
import SyntheticSkulls
import Volumes

/// Heads and scans of all kinds for a training, each made when it is asked for; none is held.
struct RandomizedVolumes: TrainingVolumes {
  let shape: SIMD3<Int>
  let skulls: Int
  let classes: [String]
  let identity: String
  let variesByEpoch: Bool
  let provenance: [String: String]
  private let population: RandomizedPopulation
  /// Holes by class; of the class of complete skulls none.
  private let kinds: [[Defect.Kind]]

  /// - Parameter digest: of the template.
  /// - Throws: `Diagnostic` where the sizes are too small for skulls.
  init(
    _ source: TrainingFile.PopulationSource, _ settings: Randomization, template: SkullTemplate,
    digest: String, shape: SIMD3<Int>, threads: Int
  ) throws {
    population = try RandomizedPopulation(
      template: template, seed: source.seed, size: GridSize(shape.x, shape.y, shape.z),
      settings: settings, threads: threads)
    let named = [("cranial", source.cranial), ("facial", source.facial)].filter { !$0.1.isEmpty }
    (self.shape, skulls, variesByEpoch) = (shape, source.skulls, source.redraws)
    classes = ["complete"] + named.map(\.0)
    kinds = [[]] + named.map(\.1)
    var provenance = [
      "skulls": "\(source.skulls)", "seed": "\(source.seed)",
      "cranial": source.cranial.map(\.rawValue).joined(separator: " "),
      "facial": source.facial.map(\.rawValue).joined(separator: " "),
      "redraw": source.redraws ? "each-epoch" : "never", "template": template.name,
      "template_sha256": digest,
    ]
    for (key, text) in settings.texts { provenance["randomize.\(key)"] = text }
    self.provenance = provenance
    // All that a sample depends on.
    let text =
      "randomized 1 \(digest) "
      + provenance.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ";")
    identity = Array(text.utf8).withUnsafeBytes { SHA256.hexDigest(of: $0) }
  }

  func contains(skull: Int, class number: Int) -> Bool { true }

  func bits(skull: Int, class number: Int, epoch: Int) throws -> [UInt8] {
    PackedMasks.pack(try sample(skull, number, epoch).scan)
  }

  func pair(skull: Int, class number: Int, epoch: Int) throws -> TrainingPair {
    let sample = try sample(skull, number, epoch)
    return TrainingPair(
      scan: PackedMasks.pack(sample.scan), complete: PackedMasks.pack(sample.complete))
  }

  private func sample(_ skull: Int, _ number: Int, _ epoch: Int) throws
    -> RandomizedPopulation.Sample
  {
    try population.sample(
      skull, epoch: variesByEpoch ? epoch : 0, class: number, kinds: kinds[number])
  }
}
