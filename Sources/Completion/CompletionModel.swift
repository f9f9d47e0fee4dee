public import Volumes

/// A model that completes a skull with a hole: defective mask in, completed mask on the same grid
/// out.
///
/// A model is added by a type that conforms and a ``CompletionModelReader`` in the registry; no
/// stage knows which models there are.
public protocol CompletionModel: Sendable {
  /// The name that parameters, accounts and model files use, such as `mirror`.
  static var identifier: String { get }

  /// Whether it fills only the holes that a user names, where the context says so.
  static var fillsNamedHoles: Bool { get }

  /// Whether it compares several ways, and can say at every voxel how far apart they are.
  static var comparesWays: Bool { get }

  /// Loads what all cases share, such as a model file; called once before the first case.
  ///
  /// - Returns: the files that were read.
  /// - Throws: where the model cannot be used at all.
  func prepare() throws -> [ModelFileRecord]

  /// The memory and cores that completing a mask takes, apart from the mask itself.
  ///
  /// - Parameters:
  ///   - voxels: of the grid.
  ///   - cubicMillimetres: that the grid covers; 0 if unknown.
  /// - Throws: if this cannot be determined, for example because the model cannot be read.
  func demand(voxels: Int, cubicMillimetres: Double) throws -> CompletionDemand

  /// Completes a skull.
  ///
  /// *Shape*: the result is on the grid of `defective` and holds all its voxels.
  /// A skull without a defect, or one that the model cannot see, is not an error: the result adds
  /// nothing, and its warnings say why.
  /// - Throws: what `context` throws to cancel; an error of the model if it cannot work at all.
  func complete(_ defective: Mask, in context: CompletionContext) throws -> CompletedSkull
}

extension CompletionModel {
  /// Reads nothing: for models without a file.
  public func prepare() -> [ModelFileRecord] { [] }

  /// Fills whatever it finds.
  public static var fillsNamedHoles: Bool { false }

  /// Knows one way.
  public static var comparesWays: Bool { false }
}

/// A completed skull, and how far to trust it.
public struct CompletedSkull: Sendable {
  /// The defective skull and the bone that the model adds.
  public var mask: Mask
  /// Numbers for the account by name, such as `symmetry`.
  public var scores: [String: Double]
  /// What a user must know before using the result, one sentence each.
  public var warnings: [String]

  /// What the model found in the skull; nil where it does not look.
  public var findings: CompletionFindings?

  /// How far the best other way lies from what was taken, in mm, at the voxels that were added, the larger of the
  /// distances of the outer and the inner tables; 0 elsewhere. Nil where it was not asked for, or there is none.
  public var disagreement: Volume<Float>?

  /// A completed skull; by default without scores, warnings and findings.
  public init(
    mask: Mask, scores: [String: Double] = [:], warnings: [String] = [],
    findings: CompletionFindings? = nil
  ) {
    self.mask = mask
    self.scores = scores
    self.warnings = warnings
    self.findings = findings
  }
}

/// What a model may use while it works, and how it reports progress.
public struct CompletionContext: Sendable {
  /// How many threads it may keep busy; the result is the same at any number.
  public let threads: Int
  /// The holes to fill; nil: all that are found.
  public var targets: CompletionTargets?
  /// Whether ``CompletedSkull/disagreement`` is asked for.
  public var measuresDisagreement = false
  /// Called with the fraction of the work that is done, from 0 to 1, never decreasing.
  public let progress: @Sendable (Double) -> Void
  /// Called between steps; throws to end the work.
  public let checkCancellation: @Sendable () throws -> Void

  /// A context; by default one thread, without progress or cancellation.
  public init(
    threads: Int = 1, targets: CompletionTargets? = nil,
    progress: @escaping @Sendable (Double) -> Void = { _ in },
    checkCancellation: @escaping @Sendable () throws -> Void = {}
  ) {
    self.threads = threads
    self.targets = targets
    self.progress = progress
    self.checkCancellation = checkCancellation
  }

  /// A context for a part of the work, whose progress is so much of all.
  func part(_ range: ClosedRange<Double>) -> CompletionContext {
    let progress = progress
    var part = CompletionContext(
      threads: threads, targets: targets,
      progress: { progress(range.lowerBound + $0 * (range.upperBound - range.lowerBound)) },
      checkCancellation: checkCancellation)
    part.measuresDisagreement = measuresDisagreement
    return part
  }

  /// The same context for a model that fills whatever it finds.
  var untargeted: CompletionContext {
    var context = self
    context.targets = nil
    return context
  }

  /// Ends a step: throws if the work was cancelled, otherwise reports progress.
  package func advance(to fraction: Double) throws {
    try checkCancellation()
    progress(fraction)
  }
}

/// What a completion takes while it runs.
public struct CompletionDemand: Hashable, Sendable {
  /// Bytes at the peak on one core, with the result and without the defective mask.
  public let peakBytes: Int
  /// The most cores that help.
  public let cores: Int
  /// Bytes that each core but the first takes beside them.
  public let bytesPerCore: Int

  /// A demand in bytes and cores.
  public init(peakBytes: Int, cores: Int, bytesPerCore: Int = 0) {
    self.peakBytes = peakBytes
    self.cores = cores
    self.bytesPerCore = bytesPerCore
  }
}
