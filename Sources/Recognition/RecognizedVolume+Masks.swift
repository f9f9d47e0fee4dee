import Errors
import Skulls
import Volumes
import VoxelOps

/// Masks, masks with soft edges, label maps.
extension RecognizedVolume {
  /// A volume of few values: a mask of two, a label map; nil for others.
  static func ofFewValues(_ volume: AnyVolume, _ survey: ValueSurvey) -> RecognizedVolume? {
    if survey.notNumbers == 0, volume.holdsTwoValues,
      survey.least == 0 || survey.least == survey.most
    {
      return plainMask(volume, survey)
    }
    guard let values = survey.values(upTo: mostLabels), !values.isEmpty else { return nil }
    if values.count <= 2 {
      let (low, high) = (values[0].value, values[values.count - 1].value)
      if survey.notNumbers > 0, low == 0 || values.count == 1 && low > 0 {
        return RecognizedVolume(
          volume: volume, content: .mask, kind: .mask,
          reason: "\(high), and others that are no numbers or 0")
      }
      return high - low >= leastContrast || values.count < 2 ? nil : pair(volume, low, high)
    }
    return labelMap(volume, survey, values)
  }

  /// More values than this are not labels.
  private static let mostLabels = 256
  /// Two values that lie further apart, one of them negative, are air and bone.
  private static let leastContrast = 500

  /// 0 and another value, or only one.
  private static func plainMask(_ volume: AnyVolume, _ survey: ValueSurvey) -> RecognizedVolume {
    var mask = RecognizedVolume(
      volume: volume, content: .mask, kind: .mask,
      reason: survey.most == survey.least
        ? "the value \(short(survey.most)) in every voxel"
        : "the values 0 and \(short(survey.most))")
    guard survey.most > 0, volume.sizes.count >= leastVoxels else { return mask }
    guard survey.least == 0 else {
      mask.doubt = Diagnostic(
        .unclearValues, field: "voxels", expected: "bone and what is none",
        found: "the value \(short(survey.most)) in every voxel",
        remedy: "check the program that wrote the file")
      return mask
    }
    let faces = Surroundings.faceShare(
      of: volume, within: survey.most.nextDown...Double.greatestFiniteMagnitude)
    if faces >= 0.9, min(volume.sizes.x, volume.sizes.y, volume.sizes.z) > 2 {
      mask.doubt = Diagnostic(
        .unclearValues, field: "voxels",
        expected: "a mask of bone, which fills little of the grid's faces",
        found:
          "\(Int((faces * 100).rounded())) % of them filled by the value \(short(survey.most)): an inverted mask",
        remedy: "say which value is bone: --label 0 if it is 0")
    }
    return mask
  }

  /// In fewer voxels nothing is told from where values lie.
  static let leastVoxels = 1000

  /// Two values none of which is 0, or one of which is negative: what fills the faces of the grid is not bone.
  private static func pair(_ volume: AnyVolume, _ low: Int, _ high: Int) -> RecognizedVolume {
    func share(_ value: Int) -> Double {
      Surroundings.faceShare(of: volume, within: Double(value)...Double(value))
    }
    let (lows, highs) = (share(low), share(high))
    if volume.sizes.count >= leastVoxels, max(lows, highs) >= 0.75 {
      let (bone, other) = lows > highs ? (high, low) : (low, high)
      return RecognizedVolume(
        volume: volume, content: .label(bone), kind: .mask,
        reason: "two values, of which \(other) fills the grid's faces",
        warnings: [
          "a mask of the values \(low) and \(high): \(bone) is taken as bone, because \(other) fills the grid's faces; "
            + "if it is not, choose with --label \(other)"
        ])
    }
    return RecognizedVolume(
      volume: volume, content: .mask, kind: .labels, reason: "the values \(low) and \(high)",
      doubt: Diagnostic(
        .unclearValues, field: "voxels", expected: "0 where there is no bone",
        found: "the values \(low) and \(high)",
        remedy: "say which is bone with --label \(high) or --label \(low)"))
  }

  /// Three or more values that lie in chunks: labels.
  private static func labelMap(
    _ volume: AnyVolume, _ survey: ValueSurvey, _ values: [(value: Int, voxels: Int)]
  ) -> RecognizedVolume? {
    // −1 stands for "not labelled" in some maps; a CT has air.
    guard survey.least >= -1, survey.least == 0 || values.count <= 64 else { return nil }
    let most = survey.most
    if most >= 16, volume.sizes.count >= leastVoxels {
      let inside = Surroundings(of: volume, within: 0.05 * most...0.95 * most)
      guard inside.count > 0, inside.flatShare >= 0.1 else { return nil }
      // A noisy picture has hardly a voxel among its like.
      if values.count > 64, inside.flatShare < 0.25 { return nil }
    } else if most >= BoneRule.standardThreshold {
      return nil
    }
    return RecognizedVolume(
      volume: volume, content: .hounsfield, kind: .labels,
      reason: "\(values.count) whole values that lie in chunks",
      doubt: doubt(labels: values, in: volume))
  }

  /// Which of several labels is bone.
  static func doubt(
    labels: [(value: Int, voxels: Int)], in volume: AnyVolume, name: ((Int) -> String?)? = nil
  ) -> Diagnostic {
    Diagnostic(
      .unclearValues, field: "voxels", expected: "a mask or a CT",
      found: "a label map: "
        + list(
          labels.filter { $0.value > 0 }, voxelVolume: volume.geometry.voxelVolume,
          name: name ?? { _ in nil }),
      remedy: name == nil
        ? "say which label is bone with --label N"
        : "say which is bone with --segment NAME or --label N")
  }

  // MARK: Soft edges

  /// A mask whose edges are between: 0 outside, one value inside, thin between; nil for others.
  static func softMask(_ volume: AnyVolume, _ survey: ValueSurvey) -> RecognizedVolume? {
    let most = survey.most
    guard most > 0, survey.least > -0.3 * most, volume.sizes.count >= leastVoxels,
      survey.share(-0.05 * most...0.05 * most) >= 0.2,
      let inside = insideValue(survey), survey.least >= -0.3 * inside
    else { return nil }
    // Beside 0 there is little: tissue or air of a scan lies there, where its largest values are metal.
    let slack = (inside <= 300 ? 0.02 : 0.002) * inside
    let near = survey.voxels(slack...0.05 * inside) + survey.voxels(-0.3 * inside...(-slack))
    let between = survey.voxels(0.05 * inside...0.95 * inside)
    guard Double(near) <= 2 * Double(between) + 0.01 * Double(survey.count) else { return nil }
    let edges = Surroundings(of: volume, within: 0.05 * inside...0.95 * inside)
    guard edges.deepShare < 0.3 else { return nil }
    let half = inside / 2
    let isNoise =
      Double(between)
      < 0.001 * Double(survey.voxels(0.95 * inside...Double.greatestFiniteMagnitude))
    // Whole values of 226 and more are HU as well as anything.
    if isNoise, survey.isWhole, inside >= BoneRule.standardThreshold, inside != 255 { return nil }
    return RecognizedVolume(
      volume: volume, content: .soft(half), kind: .softMask,
      reason: isNoise
        ? "values about 0 and \(short(inside))"
        : "0 outside, \(short(inside)) inside, and values between only at the edges",
      warnings: [
        (isNoise ? "a mask whose values are not exact" : "a mask with soft edges")
          + ", 0 to \(short(inside)): values of at least \(short(half)) are taken as bone (--set threshold=…)"
      ])
  }

  /// The value that stands for inside: one that many of the larger voxels have, to 2 %.
  private static func insideValue(_ survey: ValueSurvey) -> Double? {
    let most = survey.most
    let upper = 0.5 * most...most
    guard let mode = survey.mode(upper, window: (most <= 300 ? 0.02 : 0.006) * most) else {
      return nil
    }
    // Of 8 bits, noise is a step or two; a tissue of an MR is spread wider than that.
    let reach = (most <= 300 ? 0.01 : 0.003) * most
    let near = mode - reach...mode + reach
    let plateau = Double(survey.voxels(near))
    // Hardly anything lies beyond it, and the edges between do not outnumber it by far.
    let beyond = Double(survey.voxels(1.15 * mode...Double.greatestFiniteMagnitude))
    if plateau >= 0.2 * Double(survey.voxels(upper)), beyond <= 0.05 * plateau,
      plateau >= 0.1 * Double(survey.voxels(0.05 * mode...0.95 * mode))
    {
      let exact = survey.mode(near, window: 0) ?? mode
      return exact >= 0.97 * most ? most : exact
    }
    // Bone thinner than its edges may reach 1 nowhere.
    if !survey.isWhole, most <= 1.05, most > 0.5 { return 1 }
    let scales: [(ClosedRange<Double>, Double)] = [
      (128...255, 255), (95...100, 100), (900...1000, 1000),
    ]
    if survey.isWhole { return scales.first { $0.0.contains(most) }?.1 }
    return nil
  }
}
