public import Errors
public import Skulls
public import Volumes

extension RecognizedVolume {
  /// The bone, by the standard threshold.
  ///
  /// - Throws: `Diagnostic` where it cannot be told which voxels are bone, and where none is.
  /// - Complexity: as `BoneRule.bone(of:holding:threads:check:)`.
  public func bone(threads: Int = 1) throws(Diagnostic) -> Mask {
    if let doubt { throw doubt }
    let rule = BoneRule()
    let mask: Mask
    do { mask = try rule.bone(of: volume, holding: content, threads: threads) } catch {
      throw Diagnostic(error)
    }
    guard !mask.isEmpty else { throw Self.noBone(in: volume, content, threshold: rule.threshold) }
    return mask
  }

  /// The error for a scan of which nothing is bone.
  ///
  /// - Parameter name: the name of a label, where the file gives it one.
  public static func noBone(
    in volume: AnyVolume, _ content: ScanContent, threshold: Double,
    name: (Int) -> String? = { _ in nil }
  ) -> Diagnostic {
    let survey = ValueSurvey(of: volume)
    let range =
      survey.count == 0 ? "no numbers" : "values of \(short(survey.least)) to \(short(survey.most))"
    switch content {
    case .label(let label):
      let labels = survey.values(upTo: 1000).map {
        $0.filter { $0.value != 0 || $0.value == label }
      }
      return Diagnostic(
        .noBone, field: "label", expected: "voxels of label \(label)",
        found: labels.map {
          $0.isEmpty
            ? "none: every voxel is 0"
            : "none; there are "
              + list($0, voxelVolume: volume.geometry.voxelVolume, name: name)
        } ?? "none in \(range)",
        remedy: "choose one that is there with --label")
    case .mask:
      return Diagnostic(
        .noBone, field: "voxels", expected: "a mask of bone", found: "0 in every voxel",
        remedy: "check the program that wrote the file")
    case .hounsfield, .soft, .fraction:
      let unit = content == .hounsfield ? " HU" : ""
      return Diagnostic(
        .noBone, field: "bone", expected: "voxels of at least \(short(threshold))\(unit)",
        found: "\(range), none of them bone",
        remedy: "lower the threshold (--set threshold=…), or check what the values mean")
    }
  }
}
