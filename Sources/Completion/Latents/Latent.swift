public import Skulls
public import Errors
public import Volumes
internal import VoxelOps

/// A shape as a vector, with everything needed to decode it: the frame in which the scan was
/// encoded, and the model. Or the statement that there was no shape.
public struct Latent: Sendable {
  /// The vector, one number per dimension.
  public var vector: [Float]
  /// How the vector was taken from the posterior.
  public let mode: LatentMode
  /// How the scan was placed in the network's field of view.
  public let frame: Frame
  /// The model that encoded it.
  public let model: any LatentShapeModel
  /// Whether there was no bone to encode. The vector is then zero and means nothing, shifting
  /// leaves it unchanged, and decoding gives an empty mask, where a model would invent a skull.
  public let isOfNothing: Bool

  /// The latent of a skull; `vector` has the latent size of the model.
  public init(vector: [Float], mode: LatentMode, frame: Frame, model: any LatentShapeModel) {
    (self.vector, self.mode, self.frame, self.model) = (vector, mode, frame, model)
    isOfNothing = false
  }

  /// What stands for a mask without bone.
  public init(ofNothingOn grid: Geometry, mode: LatentMode? = nil, model: any LatentShapeModel) {
    vector = Array(repeating: 0, count: model.latentSize)
    self.mode = mode ?? model.latentMode
    frame = Frame(
      grid: grid.alongLPS.resized(to: model.inputShape), source: grid, rule: .resize)
    self.model = model
    isOfNothing = true
  }

  /// The latent moved by γ · DEV from a class towards another.
  ///
  /// *Source*: Li et al. 2022, z + γ · DEV.
  /// - Throws: ``Diagnostic`` where the model does not know a class.
  public func shifted(
    from source: String, to goal: String = "complete", gamma: Double
  ) throws(Diagnostic) -> Latent {
    let deviation = try model.deviation(from: source, to: goal)
    try Latent.require(deviation.count, latentSize: vector.count, field: "deviation")
    guard !isOfNothing else { return self }
    var moved = self
    for i in vector.indices { moved.vector[i] += Float(gamma) * deviation[i] }
    return moved
  }

  /// The latent as a skull on the grid of its scan, by the model that encoded it; see
  /// ``Frame/restored(_:level:threads:checkCancellation:)``.
  ///
  /// - Parameter level: the probability from which on a voxel is bone.
  /// - Throws: ``Diagnostic`` where vector or frame are of another size than the model's; what the
  ///   device throws.
  public func decoded(
    level: Float = 0.5, threads: Int = 1, checkCancellation: () throws -> Void = {}
  ) throws -> Mask {
    try Latent.require(vector.count, latentSize: model.latentSize, field: "latent")
    guard frame.grid.sizes == model.inputShape else {
      throw Diagnostic(
        .notInModel, field: "latent", expected: "a frame of \(model.inputShape) voxels",
        found: "\(frame.grid.sizes)", remedy: "use one model to encode, shift and decode")
    }
    guard !isOfNothing else { return Mask(emptyOn: frame.source) }
    let probabilities = try model.session(minibatch: 1, threads: threads)
      .decode([vector], on: frame.grid)[0]
    return try frame.restored(
      probabilities, level: level, threads: threads, checkCancellation: checkCancellation)
  }

  /// Makes sure that a vector is of the right size.
  package static func require(
    _ found: Int, latentSize: Int, field: String
  ) throws(Diagnostic) {
    guard found == latentSize else {
      throw Diagnostic(
        .notInModel, field: field, expected: counted(latentSize, "dimension"), found: "\(found)",
        remedy: "use one model to encode, shift and decode")
    }
  }
}

extension LatentShapeModel {
  /// Encodes a skull.
  ///
  /// - Parameters:
  ///   - bone: the skull on a grid of any orientation and spacing.
  ///   - closing: see ``Frame/framed(_:closing:threads:)``; nothing is closed with
  ///     ``FramingRule/resize``, the paper's way.
  ///   - mode: what of the posterior is taken; nil: the model's own choice.
  ///   - seed: what the noise of ``LatentMode/sample`` depends on, with the shape.
  /// - Returns: the latent, its posterior, and what a user should know of the framing.
  /// - Throws: ``Diagnostic`` where there is no head in the mask; what the device throws.
  /// - Complexity: two passes over the mask and the network's encoder.
  public func encode(
    _ bone: Mask, rule: FramingRule = .fieldOfView, closing: Double = Frame.closing,
    mode: LatentMode? = nil, seed: UInt64 = 0, threads: Int = 1
  ) throws -> (latent: Latent, posterior: Posterior, warnings: [String]) {
    let (frame, warnings) = try Frame.of(bone, shape: inputShape, rule: rule, threads: threads)
    // Before the framing, whose work a device without the memory would waste.
    let session = try session(minibatch: 1, threads: threads)
    let framed = try frame.framed(
      bone, closing: rule == .resize ? 0 : closing, threads: threads)
    let posterior = try session.encode([framed])[0]
    let mode = mode ?? latentMode
    let vector = posterior.latent(mode, seed: seed, shape: LatentNoise.key(of: framed))
    return (
      Latent(vector: vector, mode: mode, frame: frame, model: self), posterior,
      warnings + frame.warnings(cells: framed)
    )
  }
}

extension Frame {
  /// What a look at the framed mask says: bone in some 4 to 16 % of the cells is a head.
  package func warnings(cells: Mask) -> [String] {
    let share = Double(cells.voxelCount) / Double(cells.sizes.count)
    guard share < 0.02 || share > 0.3 else { return [] }
    return [
      "\((share * 1000).rounded() / 10) % of what the network sees is bone, where 4 to 16 % were "
        + "expected: check the spacing, the orientation and the threshold"
    ]
  }
}
