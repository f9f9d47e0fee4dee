import Dataflow
import Skulls
package import VolumeIO
package import Volumes

/// The bone of one file, by the stages that pipelines use.
package enum CaseBone {
  /// The bone of a file, once the system has been asked for the memory.
  ///
  /// - Parameters:
  ///   - label: the label of bone, where the file holds several.
  ///   - threshold: HU from which on a voxel of a CT is bone; nil: the usual.
  ///   - takesEveryPiece: whether every piece of a CT's bone is taken, not the largest only.
  package static func read(
    _ path: String, label: Int? = nil, threshold: Double? = nil, takesEveryPiece: Bool = false,
    reading: ReadOptions, threads: Int = 1
  ) throws -> (bone: Mask, warnings: [String]) {
    let file = CaseFile(path: path, label: label, reading: reading, staysOpen: true)
    return try read(
      file, threshold: threshold, takesEveryPiece: takesEveryPiece, threads: threads)
  }

  /// The bone of a file whose header has been read.
  package static func read(
    _ file: CaseFile, threshold: Double? = nil, takesEveryPiece: Bool = false, threads: Int = 1
  ) throws -> (bone: Mask, warnings: [String]) {
    let (_, bone, warnings) = try scanned(
      file, threshold: threshold, takesEveryPiece: takesEveryPiece, threads: threads)
    return (bone, warnings)
  }

  /// The scan of a file whose header has been read, and its bone.
  package static func scanned(
    _ file: CaseFile, threshold: Double? = nil, takesEveryPiece: Bool = false, threads: Int = 1
  ) throws -> (scan: Scan, bone: Mask, warnings: [String]) {
    let context = StageContext(caseName: file.path, cores: threads)
    let loading = Load().demand(for: [file.extent])
    try VoxelMemory.require(
      max(
        loading.peakBytes,
        loading.output.bytes + Bone().demand(for: [loading.output]).peakBytes), of: file.path)
    let scan = try Load().run(Inputs(file), in: context)
    let rule = Bone(
      threshold: threshold ?? BoneRule.standardThreshold, takesEveryPiece: takesEveryPiece)
    let bone = try rule.run(Inputs(scan), in: context)
    return (scan, bone, context.warnings)
  }

  /// All bone of a scan, down to the smallest piece: what a part must keep its gap to.
  package static func everyPiece(
    of scan: Scan, threshold: Double? = nil, threads: Int = 1
  ) throws -> Mask {
    let rule = Bone(threshold: threshold ?? BoneRule.standardThreshold, takesEveryPiece: true)
    return try rule.run(Inputs(scan), in: StageContext(caseName: "", cores: threads))
  }
}
