import Errors
import Scores
import Dataflow
import Recognition
import Skulls
import Stages
public import VolumeIO
import VoxelOps
package import Volumes

/// Reads a prediction and its truth, and scores the prediction.
public struct CaseScoring: Hashable, Sendable {
  /// The file of the prediction.
  public var prediction: String
  /// The file of the truth.
  public var truth: String
  /// The file of the defective skull; without it there is no border Dice.
  public var defective: String?

  public init(prediction: String, truth: String, defective: String? = nil) {
    (self.prediction, self.truth, self.defective) = (prediction, truth, defective)
  }

  /// Peak bytes of the scoring, according to the headers; 0 for files that cannot be opened.
  ///
  /// Three masks, some bits, and either the largest file while it is read, the distance transform of the
  /// whole grid, or what the tables are found in.
  package func peakBytes(reading: ReadOptions, measuresShape: Bool = false) -> Int {
    peakBytes(of: files(reading: reading), measuresShape)
  }

  private func files(reading: ReadOptions) -> [CaseFile] {
    [prediction, truth, defective].compactMap { $0 }.map { CaseFile(path: $0, reading: reading) }
  }

  private func peakBytes(of files: [CaseFile], _ measuresShape: Bool) -> Int {
    // The tables of the shape, as points, and the labels of its pieces.
    var (voxels, bytes) = (0, (defective == nil ? 5 : 6) + (measuresShape ? 7 : 0))
    for file in files {
      voxels = max(voxels, file.extent.voxels)
      bytes = max(bytes, file.extent.bytesPerVoxel)
    }
    let (product, overflow) = voxels.multipliedReportingOverflow(by: bytes + 4)
    return overflow ? .max : product &+ 16 << 20
  }

  /// The scores.
  ///
  /// Prediction and truth are masks: files of at most two distinct values, nonzero inside. The defective
  /// skull may also be a CT; `BoneRule` then decides what is bone.
  /// - Parameter measuresShape: whether to measure tables, rim and pieces too, which takes longer than the scores.
  /// - Throws: `Diagnostic` for a file that cannot be read or holds no mask, and for grids that differ by
  ///   more than 1e-3 mm.
  /// - Complexity: reading, and as `Mask.scores(against:defective:threads:)` and
  ///   `Mask.shapeScores(against:defective:threads:)`.
  public func run(
    reading: ReadOptions = ReadOptions(), measuresShape: Bool = false, threads: Int = 1
  ) throws -> CaseScore {
    let (predicted, truthMask, masksWarnings) = try bothMasks(reading)
    var warnings = masksWarnings
    try require(predicted, prediction, onGridOf: truthMask)
    var skull: Mask?
    if let defective {
      let (bone, sentences) = try CaseBone.read(defective, reading: reading, threads: threads)
      warnings += sentences.map { (defective, $0) }
      try require(bone, defective, onGridOf: truthMask)
      skull = bone
    }
    let scores: MaskScores
    var shape: ShapeScores?
    do {
      scores = try predicted.scores(against: truthMask, defective: skull, threads: threads)
      if measuresShape, let skull {
        shape = try shapeScores(of: predicted, truthMask, skull, threads: threads)
      }
    } catch {
      throw error.about(truth)
    }
    return CaseScore(
      prediction: prediction, truth: truth, defective: defective,
      spacing: truthMask.geometry.spacing, scores: scores, shape: shape,
      topology: measuresShape ? predicted.topology(threads: threads) : nil,
      warnings: warnings.map { CaseScore.Warning(path: $0.path, sentence: $0.sentence) })
  }

  /// Nil on a grid whose spacing is so odd that nothing can be smoothed on it.
  private func shapeScores(
    of predicted: Mask, _ truth: Mask, _ skull: Mask, threads: Int
  ) throws(Diagnostic) -> ShapeScores? {
    do {
      return try predicted.shapeScores(against: truth, defective: skull, threads: threads)
    } catch {
      guard error.code == .badSize else { throw error }
      return nil
    }
  }

  /// Refuses a case that would take more than `memory` bytes, according to its headers.
  ///
  /// - Throws: `Diagnostic`.
  public func requireFit(
    in memory: Int, reading: ReadOptions, measuresShape: Bool = false
  ) throws {
    let files = files(reading: reading)
    // The size of a file that did not answer is unknown; a bad file is reported when it is read.
    for case let failure? in files.map(\.headerFailure) where failure.code == .transient {
      throw failure
    }
    let bytes = peakBytes(of: files, measuresShape)
    guard bytes <= memory else { throw refusal(taking: bytes, limit: memory) }
    try VoxelMemory.require(bytes, of: prediction)
  }

  /// The error for a case that takes more bytes than the limit.
  func refusal(taking bytes: Int, limit: Int) -> Diagnostic {
    Diagnostic(
      .memory, prediction, field: "memory", expected: "at most \(counted(limit, "byte"))",
      found: "a case that takes \(bytes)", remedy: "raise --memory")
  }

  private func require(_ mask: Mask, _ path: String, onGridOf other: Mask) throws {
    do { try mask.geometry.requireMatch(with: other.geometry) } catch {
      var error = error.about(path)
      error.remedy += " (\(truth))"
      throw error
    }
  }

  /// The masks of prediction and truth. If both are bad, one error names both, so that the user can correct
  /// them together.
  private func bothMasks(_ reading: ReadOptions) throws -> (
    prediction: Mask, truth: Mask, warnings: [(path: String, sentence: String)]
  ) {
    let first = Result { try Self.mask(prediction, reading) }
    let second = Result { try Self.mask(truth, reading) }
    if prediction != truth, case .failure(let one) = first, case .failure(let other) = second {
      throw Diagnostics([Diagnostic(one), Diagnostic(other)])
    }
    let (one, other) = (try first.get(), try second.get())
    let warnings =
      one.warnings.map { (prediction, $0) }
      + (prediction == truth ? [] : other.warnings.map { (truth, $0) })
    return (one.mask, other.mask, warnings)
  }

  private static func mask(
    _ path: String, _ reading: ReadOptions
  ) throws -> (mask: Mask, warnings: [String]) {
    try mask(of: ImageFile(opening: path, options: reading))
  }

  package static func mask(
    of image: ImageFile, threads: Int? = nil
  ) throws -> (mask: Mask, warnings: [String]) {
    let volume = try image.volume(applyScaling: true, threads: threads)
    let recognized = RecognizedVolume(volume)
    // An inverted mask is scored as it is: nothing is taken for bone.
    guard recognized.isMask else {
      throw Diagnostic(
        .unreadable, image.path, field: "voxels",
        expected: "a mask of at most two values, none negative",
        found: "a \(recognized.kind.rawValue) (\(recognized.doubt?.found ?? recognized.reason))",
        remedy: "score a mask of an implant, or binarize this file first")
    }
    return (
      volume.binarized(in: BoneRule().range(of: recognized.content)), recognized.warnings
    )
  }
}
