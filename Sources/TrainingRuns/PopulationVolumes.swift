import Completion
import ModelTraining
import Files
import Concurrency
import MessagePassing
import SyntheticSkulls
import Volumes

/// Synthetic skulls for a training: complete ones as bits in memory, holes drawn when they are asked
/// for.
struct PopulationVolumes: TrainingVolumes {
  let shape: SIMD3<Int>
  let skulls: Int
  let classes: [String]
  let identity: String
  let variesByEpoch: Bool
  let provenance: [String: String]
  private let source: TrainingFile.PopulationSource
  private let geometries: [Geometry]
  private let complete: [[UInt8]]
  /// Holes by class, from class 1 on.
  private let kinds: [[Defect.Kind]]

  /// Makes the skulls. Of several ranks each makes a part of them, from the same streams of numbers, and has all.
  ///
  /// - Parameter digest: of the template.
  /// - Throws: `Diagnostic` where the sizes are too small for skulls.
  /// - Complexity: see ``Population/skull(_:threads:)``, side by side; a bit a voxel.
  init(
    _ source: TrainingFile.PopulationSource, template: SkullTemplate, digest: String,
    shape: SIMD3<Int>, threads: Int, ranks: (any RankGroup)? = nil
  ) throws {
    let population = try ranks.agree {
      try Population(
        template: template, seed: source.seed, size: GridSize(shape.x, shape.y, shape.z))
    }
    let own = ranks?.part(of: source.skulls) ?? 0..<source.skulls
    let made = Workers.map(own.count, threads: threads) { number in
      let skull = population.skull(own.lowerBound + number)
      return (skull.geometry, PackedMasks.pack(skull))
    }.map { $0! }
    if let ranks {
      let bytes = PackedMasks.byteCount(voxels: shape.x * shape.y * shape.z)
      complete = ranks.share(made.map(\.1), of: source.skulls, bytes: bytes)
      geometries = Workers.map(source.skulls, threads: threads) { population.geometry(of: $0) }
        .map { $0! }
    } else {
      geometries = made.map(\.0)
      complete = made.map(\.1)
    }
    self.source = source
    self.shape = shape
    skulls = source.skulls
    var classes = ["complete"]
    var kinds: [[Defect.Kind]] = []
    for (name, list) in [("cranial", source.cranial), ("facial", source.facial)]
    where !list.isEmpty {
      classes.append(name)
      kinds.append(list)
    }
    (self.classes, self.kinds) = (classes, kinds)
    variesByEpoch = source.redraws && !kinds.isEmpty
    var hash = SHA256()
    let text =
      "\(digest) \(source.skulls) \(source.seed) \(source.redraws) "
      + kinds.map { $0.map(\.rawValue).joined(separator: ",") }.joined(separator: " ")
      + " \(classes.joined(separator: ","))"
    Array(text.utf8).withUnsafeBytes { hash.update($0) }
    for bits in complete { bits.withUnsafeBytes { hash.update($0) } }
    identity = hash.hexDigest()
    provenance = [
      "skulls": "\(source.skulls)", "seed": "\(source.seed)",
      "cranial": source.cranial.map(\.rawValue).joined(separator: " "),
      "facial": source.facial.map(\.rawValue).joined(separator: " "),
      "redraw": source.redraws ? "each-epoch" : "never", "template": template.name,
      "template_sha256": digest,
    ]
  }

  func contains(skull: Int, class number: Int) -> Bool { true }

  func bits(skull: Int, class number: Int, epoch: Int) throws -> [UInt8] {
    guard number > 0 else { return complete[skull] }
    let variation = source.redraws ? epoch : 0
    let kinds = kinds[number - 1]
    let first = TrainingSplit.choice(
      among: kinds.count, seed: source.seed, skull: skull, class: number, epoch: variation)
    let drawer = DefectDrawer(
      skull: PackedMasks.unpack(complete[skull], on: geometries[skull]))
    var bits = complete[skull]
    // Where one kind does not fit this skull, the next may.
    for turn in 0..<kinds.count {
      do {
        let offsets = try drawer.offsets(
          kinds[(first + turn) % kinds.count], seed: source.seed, case: skull,
          variation: variation
        ).offsets
        for offset in offsets {
          let (x, rest) = (Int(offset) % shape.x, Int(offset) / shape.x)
          let place = (x * shape.y + rest % shape.y) * shape.z + rest / shape.y
          bits[place >> 3] &= ~(1 << UInt8(place & 7))
        }
        return bits
      } catch {
        if turn == kinds.count - 1 { throw error }
      }
    }
    return bits
  }
}
