import Dataflow
import Errors
import Files
import Recognition
import Scores
import Skulls
import Stages
import VolumeIO
import Volumes
import VoxelOps

/// The files of a case to score, each opened once: the header that the memory is planned by is that of the
/// voxels that are read later.
struct ScoredFiles: Sendable {
  private let paths: CaseScoring
  private let prediction, truth: CaseFile
  private let defective: CaseFile?

  private var all: [CaseFile] { [prediction, truth] + (defective.map { [$0] } ?? []) }

  /// Opens the files and reads their headers; one that cannot be read is reported by ``score(measuresShape:threads:)``.
  ///
  /// - Parameter stayOpen: as for `CaseFile`; false where the files of many cases wait.
  init(_ paths: CaseScoring, reading: ReadOptions, stayOpen: Bool) {
    func opened(_ path: String) -> CaseFile {
      let file = CaseFile(path: path, reading: reading, staysOpen: stayOpen)
      // No account lists the digests of what is scored.
      for part in file.files { part.stopHashing() }
      return file
    }
    self.paths = paths
    (prediction, truth) = (opened(paths.prediction), opened(paths.truth))
    defective = paths.defective.map {
      CaseFile(path: $0, reading: reading, staysOpen: stayOpen)
    }
  }

  /// Peak bytes of the scoring, according to the headers; 0 for files that cannot be opened.
  ///
  /// Three masks, some bits, and either the largest file while it is read, the distance transform of the
  /// whole grid, or what the tables are found in.
  func peakBytes(measuresShape: Bool = false) -> Int {
    // The tables of the shape, as points, and the labels of its pieces.
    var (voxels, bytes) = (0, (defective == nil ? 5 : 6) + (measuresShape ? 7 : 0))
    for file in all {
      voxels = max(voxels, file.extent.voxels)
      bytes = max(bytes, file.extent.bytesPerVoxel)
    }
    let (product, overflow) = voxels.multipliedReportingOverflow(by: bytes + 4)
    return overflow ? .max : product &+ 16 << 20
  }

  /// Refuses a case that would take more than `memory` bytes, according to its headers.
  ///
  /// - Throws: `Diagnostic`.
  func requireFit(in memory: Int, measuresShape: Bool = false) throws {
    // The size of a file that did not answer is unknown; a bad file is reported when it is read.
    for case let failure? in all.map(\.headerFailure) where failure.code == .transient {
      throw failure
    }
    let bytes = peakBytes(measuresShape: measuresShape)
    guard bytes <= memory else { throw paths.refusal(taking: bytes, limit: memory) }
    try VoxelMemory.require(bytes, of: paths.prediction)
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
  func score(measuresShape: Bool = false, threads: Int = 1) throws -> CaseScore {
    let (predicted, truthMask, masksWarnings) = try bothMasks()
    var warnings = masksWarnings
    try require(predicted, paths.prediction, onGridOf: truthMask)
    var skull: Mask?
    if let defective {
      let (bone, sentences) = try CaseBone.read(defective, threads: threads)
      warnings += sentences.map { (defective.path, $0) }
      try require(bone, defective.path, onGridOf: truthMask)
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
      throw error.about(paths.truth)
    }
    return CaseScore(
      prediction: paths.prediction, truth: paths.truth, defective: paths.defective,
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

  private func require(_ mask: Mask, _ path: String, onGridOf other: Mask) throws {
    do { try mask.geometry.requireMatch(with: other.geometry) } catch {
      var error = error.about(path)
      error.remedy += " (\(paths.truth))"
      throw error
    }
  }

  /// The masks of prediction and truth. If both are bad, one error names both, so that the user can correct
  /// them together.
  private func bothMasks() throws -> (
    prediction: Mask, truth: Mask, warnings: [(path: String, sentence: String)]
  ) {
    let first = Result { try Self.mask(prediction) }
    let second = Result { try Self.mask(truth) }
    let isOneFile = prediction.path == truth.path
    if !isOneFile, case .failure(let one) = first, case .failure(let other) = second {
      throw Diagnostics([Diagnostic(one), Diagnostic(other)])
    }
    let (one, other) = (try first.get(), try second.get())
    let warnings =
      one.warnings.map { (prediction.path, $0) }
      + (isOneFile ? [] : other.warnings.map { (truth.path, $0) })
    return (one.mask, other.mask, warnings)
  }

  private static func mask(_ file: CaseFile) throws -> (mask: Mask, warnings: [String]) {
    if let failure = file.headerFailure { throw failure }
    guard let image = file.image else { preconditionFailure("a file without failure is open") }
    defer { for part in image.files { part.release() } }
    return try mask(of: image)
  }

  /// The mask of a prediction or a truth, on its own grid.
  ///
  /// - Throws: `Diagnostic` for a file that cannot be read or holds no mask.
  static func mask(
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
