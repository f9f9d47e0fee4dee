import Completion

/// The skulls that a training learns from, each in one or several classes, such as complete and with
/// holes.
public protocol TrainingVolumes: Sendable {
  /// Voxels along x, y, z of all of them.
  var shape: SIMD3<Int> { get }
  var skulls: Int { get }
  var classes: [String] { get }
  /// Whether ``bits(skull:class:epoch:)`` depends on the epoch.
  var variesByEpoch: Bool { get }
  /// A digest of all that ``bits(skull:class:epoch:)`` depends on.
  var identity: String { get }
  /// Where they come from, for the model file; keys of small letters, digits and `._`.
  var provenance: [String: String] { get }
  /// Whether there is this skull in this class.
  func contains(skull: Int, class: Int) -> Bool
  /// A volume as bits, laid out as ``PackedMasks``; the same at every call.
  ///
  /// Called from any thread.
  func bits(skull: Int, class: Int, epoch: Int) throws -> [UInt8]
  /// The same volume, and the complete skull behind it on the same grid.
  ///
  /// Called from any thread.
  func pair(skull: Int, class: Int, epoch: Int) throws -> TrainingPair
}

/// A volume for training, and the complete skull that it shows.
public struct TrainingPair: Hashable, Sendable {
  /// What a scan shows, laid out as ``PackedMasks``.
  public var scan: [UInt8]
  /// The skull without its hole and before the scan did anything to it, laid out as ``PackedMasks``.
  public var complete: [UInt8]

  /// A scan and the skull behind it.
  public init(scan: [UInt8], complete: [UInt8]) { (self.scan, self.complete) = (scan, complete) }
}

extension TrainingVolumes {
  /// The volume with that of the first class, which is that of complete skulls.
  public func pair(skull: Int, class number: Int, epoch: Int) throws -> TrainingPair {
    TrainingPair(
      scan: try bits(skull: skull, class: number, epoch: epoch),
      complete: try bits(skull: skull, class: 0, epoch: epoch))
  }

  /// Empty: only ``identity`` tells the data apart.
  public var provenance: [String: String] { [:] }
}

/// Skulls that are held in memory, a bit a voxel.
public struct StoredVolumes: TrainingVolumes {
  /// Voxels along x, y, z of all volumes.
  public let shape: SIMD3<Int>
  public let skulls: Int
  public let classes: [String]
  /// A digest of all volumes.
  public let identity: String
  /// Whether some skull has several variants in a class.
  public let variesByEpoch: Bool
  private let seed: UInt64
  private let volumes: [[[UInt8]]]
  private let copies: Int

  /// Volumes of skulls, those of one skull one after another in the order of the classes.
  ///
  /// - Parameters:
  ///   - volumes: the variants of a skull in a class; none where it is not there, and of several each
  ///     epoch gets one that the seed chooses.
  ///   - copies: how often each variant is there, one copy after the other, in the same order for all
  ///     classes of a skull: an epoch gets the same copy of them all.
  public init(
    shape: SIMD3<Int>, classes: [String], volumes: [[[UInt8]]], copies: Int = 1, seed: UInt64 = 0,
    identity: String
  ) {
    let bytes = PackedMasks.byteCount(voxels: shape.x * shape.y * shape.z)
    precondition(!classes.isEmpty && volumes.count % classes.count == 0, "classes of every skull")
    precondition(
      volumes.allSatisfy { $0.allSatisfy { $0.count == bytes } }, "volumes of the shape")
    precondition(volumes.allSatisfy { $0.count % copies == 0 }, "copies of every variant")
    (self.shape, self.classes, self.identity) = (shape, classes, identity)
    (self.volumes, self.copies, self.seed) = (volumes, copies, seed)
    skulls = volumes.count / classes.count
    variesByEpoch = volumes.contains { $0.count > 1 }
  }

  /// What stands for all classes where a copy is chosen.
  private static let anyClass = 1 << 20

  /// Whether there is this skull in this class.
  public func contains(skull: Int, class number: Int) -> Bool {
    !volumes[skull * classes.count + number].isEmpty
  }

  /// A volume, of several variants the one that the seed chooses for the epoch.
  ///
  /// - Precondition: ``contains(skull:class:)`` says that it is there.
  public func bits(skull: Int, class number: Int, epoch: Int) -> [UInt8] {
    let variants = volumes[skull * classes.count + number]
    precondition(!variants.isEmpty, "a volume that is not there")
    let copy = TrainingSplit.choice(
      among: copies, seed: seed, skull: skull, class: Self.anyClass, epoch: epoch)
    let variant = TrainingSplit.choice(
      among: variants.count / copies, seed: seed, skull: skull, class: number, epoch: epoch)
    return variants[variant * copies + copy]
  }
}

/// One skull in one class.
public struct TrainingItem: Hashable, Sendable {
  /// The number of the skull, from 0.
  public let skull: Int
  /// The index of the class in ``TrainingVolumes/classes``.
  public let `class`: Int
}

/// Which skulls are trained on, and which only judge: a skull with all its classes is in one part.
public struct TrainingSplit: Hashable, Sendable {
  /// What is trained on, by skull and class.
  public let training: [TrainingItem]
  /// What judges, by skull and class.
  public let validation: [TrainingItem]

  /// Splits by a random choice of skulls.
  ///
  /// At least one skull is left on either side where `fraction` is above 0 and there are two.
  public init(_ volumes: any TrainingVolumes, fraction: Double, seed: UInt64) {
    let order = RandomNumbers(seed: seed, .split).permutation(of: volumes.skulls)
    var count = Int((fraction * Double(volumes.skulls)).rounded())
    if fraction > 0 { count = max(1, count) }
    count = max(0, min(count, volumes.skulls - 1))
    func items(_ skulls: [Int]) -> [TrainingItem] {
      skulls.sorted().flatMap { skull in
        volumes.classes.indices.filter { volumes.contains(skull: skull, class: $0) }
          .map { TrainingItem(skull: skull, class: $0) }
      }
    }
    validation = items(Array(order.prefix(count)))
    training = items(Array(order.dropFirst(count)))
  }

  /// Which of several variants of a skull in a class an epoch gets.
  public static func choice(
    among count: Int, seed: UInt64, skull: Int, class number: Int, epoch: Int
  ) -> Int {
    guard count > 1 else { return 0 }
    let random = RandomNumbers(
      seed: seed, .variant, UInt64(skull), UInt64(number), UInt64(epoch))
    return Int(random.unit(0) * Double(count))
  }

  /// The places of the training items in the order of an epoch.
  public func order(seed: UInt64, stage: Int, epoch: Int) -> [Int] {
    RandomNumbers(seed: seed, .shuffling, UInt64(stage), UInt64(epoch))
      .permutation(of: training.count)
  }
}
