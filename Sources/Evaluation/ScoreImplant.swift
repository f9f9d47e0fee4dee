import Concurrency
package import Accounts
package import DataSets
package import Dataflow
package import Errors
package import Files
package import Scores
import Stages
package import VolumeIO
package import Volumes
import VoxelOps

/// The file that a case's implant is scored against; its voxels are not read yet.
package struct TruthFile: StageValue {
  package static let kind = "truth file"

  package let truth: DataSet.Truth?
  package let extent: Extent
  /// The open file, its header read; nil if that failed, or there is none.
  package let image: ImageFile?
  /// Why the file could not be read when the case was planned; ``ReadTruth`` throws it.
  package var failure: Diagnostic?
  /// Digests of its files when they were hashed, by path; cached scores belong to these bytes.
  package var digests: [String: FileDigest] = [:]

  /// Opens the file and reads its header, so that memory can be planned.
  package init(_ truth: DataSet.Truth?, reading: ReadOptions) {
    self.truth = truth
    let file = truth.map { CaseFile(path: $0.path, reading: reading, staysOpen: true) }
    extent = file?.extent ?? Extent(bytes: 0)
    (image, failure) = (file?.image, file?.headerFailure)
  }
}

extension DataSet.Truth {
  package var path: String {
    switch self {
    case .implant(let path), .complete(let path): path
    }
  }
}

/// The mask of a truth, or why there is none. A bad truth does not affect the implant.
package struct TruthMask: StageValue {
  package static let kind = "truth"

  package enum Content: Sendable {
    case implant(Mask)
    case complete(Mask)
    case unreadable(CaseFailure)
  }

  package let path: String
  package let content: Content
  /// The time for reading it, in seconds.
  package let seconds: Double

  package var extent: Extent {
    switch content {
    case .implant(let mask), .complete(let mask): mask.extent
    case .unreadable: Extent(bytes: 0)
    }
  }
}

/// The scores of a case, or why there are none.
package struct CaseAssessment: StageValue {
  package static let kind = "score"

  package var score: Result<MaskScores, CaseFailure>
  /// Spacing of the grid along x, y, z, in mm.
  package var spacing: SIMD3<Double>
  /// The time for reading the truth and scoring, in seconds.
  package var seconds: Double
  package var extent: Extent { Extent(bytes: 0) }
}

/// Reads the truth that an implant is scored against.
package struct ReadTruth: Stage {
  package static let kind = "read-truth"

  package init() {}

  package var lane: Lane { .files }

  package func demand(for inputs: [Extent]) -> Demand {
    let mask = inputs[0].grid(bytesPerVoxel: 1)
    let scan = inputs[0].grid(bytesPerVoxel: inputs[0].bytesPerVoxel)
    return Demand(
      peakBytes: scan.bytes + mask.bytes + 8 << 20, output: mask,
      cores: Load().demand(for: inputs).cores)
  }

  package func run(_ input: Inputs<TruthFile>, in context: StageContext) throws -> TruthMask {
    guard let truth = input.values.truth else {
      preconditionFailure("a case without truth is not scored")
    }
    let begin = ContinuousClock.now
    func ended(_ content: TruthMask.Content) -> TruthMask {
      TruthMask(
        path: truth.path, content: content, seconds: (ContinuousClock.now - begin) / .seconds(1))
    }
    do {
      if let failure = input.values.failure { throw failure }
      let image = input.values.image!
      defer { for file in image.files { file.release() } }
      let (mask, warnings) = try ScoredFiles.mask(of: image, threads: context.cores)
      for warning in warnings { context.warn(warning) }
      for file in image.files { try file.requireUnchanged() }
      switch truth {
      case .implant: return ended(.implant(mask))
      case .complete: return ended(.complete(mask))
      }
    } catch let error as Diagnostic where error.code == .transient {
      // The case is tried again, with the bytes that the truth has then.
      throw error
    } catch {
      return ended(.unreadable(CaseFailure(error, path: truth.path, stage: ScoreImplant.kind)))
    }
  }
}

/// Scores an implant, also near the defective skull (border Dice, within 10 mm). If the truth is a complete
/// skull, the true implant is the complete skull minus the defective one.
///
/// If scoring fails, the other stages of the case are not affected: the implant is still written.
package struct ScoreImplant: Stage {
  package static let kind = "score"
  package static let ports = ["of", "against", "truth"]

  package init() {}

  package func demand(for inputs: [Extent]) -> Demand {
    // The distance transform of the whole grid, the true implant, and some bits.
    let voxels = max(inputs[0].voxels, inputs[2].voxels)
    let (product, overflow) = voxels.multipliedReportingOverflow(by: 9)
    return Demand(
      peakBytes: overflow ? .max / 4 : product + 8 << 20, output: Extent(bytes: 0),
      cores: Cores(for: voxels, worthwhile: Slabs.worthwhile))
  }

  package func run(_ input: Inputs<Mask, Mask, TruthMask>, in context: StageContext)
    -> CaseAssessment
  {
    let (implant, defective, truth) = input.values
    let begin = ContinuousClock.now
    let score: Result<MaskScores, CaseFailure>
    do {
      let actual: Mask
      switch truth.content {
      case .unreadable(let failure): throw failure
      case .implant(let mask): actual = mask
      case .complete(let mask):
        actual = try mask.subtracting(defective, threads: context.cores)
      }
      score = .success(
        try implant.scores(against: actual, defective: defective, threads: context.cores))
    } catch {
      score = .failure(CaseFailure(error, path: truth.path, stage: Self.kind))
    }
    return CaseAssessment(
      score: score, spacing: implant.geometry.spacing,
      seconds: truth.seconds + (ContinuousClock.now - begin) / .seconds(1))
  }
}
