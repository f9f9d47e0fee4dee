import Errors
import Skulls
import Volumes

/// CTs in HU, CTs with an offset, and grey values that are no HU.
extension RecognizedVolume {
  /// Grey values: HU, HU and an offset, or others.
  static func greyValues(_ volume: AnyVolume, _ survey: ValueSurvey, threads: Int)
    -> RecognizedVolume
  {
    let inHU = HeadValues(survey, offset: 0)
    if inHU.isHead || volume.sizes.count < leastVoxels {
      return ct(volume, survey, inHU.reason)
    }
    if let offset = offset(of: survey) {
      let shifted = volume.shifted(by: -offset, threads: threads)
      let moved = ValueSurvey(of: shifted, threads: threads)
      var recognized = ct(shifted, moved, HeadValues(survey, offset: offset).reason)
      recognized.kind = .offsetCT
      recognized.offset = offset
      recognized.warnings.insert(
        "the values are HU \(offset > 0 ? "+" : "−") \(Int(abs(offset))): soft tissue lies at "
          + "\(short((HeadValues(survey, offset: offset).tissue ?? offset).rounded())); \(Int(abs(offset))) is "
          + (offset > 0 ? "subtracted" : "added"), at: 0)
      return recognized
    }
    if let halved = halved(survey) {
      return RecognizedVolume(
        volume: volume, content: .hounsfield, kind: .grey, reason: halved.found,
        doubt: doubt(halved.found, threshold: halved.threshold))
    }
    if survey.least <= -100, survey.most >= BoneRule.standardThreshold {
      if let odd = notInHU(volume, survey) {
        return RecognizedVolume(
          volume: volume, content: .hounsfield, kind: .grey, reason: odd.found,
          doubt: doubt(odd.found, threshold: odd.threshold))
      }
      return ct(
        volume, survey, "negative values, and others from \(Int(BoneRule.standardThreshold)) on")
    }
    if let cut = withoutNegatives(volume, survey) {
      var recognized = ct(volume, survey, cut)
      recognized.warnings.append(
        "the scan has no values below \(short(survey.least)); if they are not HU, say from which value on bone begins: "
          + "--set threshold=…")
      return recognized
    }
    return unknown(volume, survey)
  }

  /// What may have been added to HU.
  private static let offsets: [Double] = [1024, 1000, -1024, -1000, 32_768, 2048, 2000]

  /// The offset with which the values are those of a head; nil where there is none.
  private static func offset(of survey: ValueSurvey) -> Double? {
    let fitting = offsets.filter { HeadValues(survey, offset: $0).isHead }
    // Of offsets that differ little the one that puts air and soft tissue where they belong.
    return fitting.min {
      HeadValues(survey, offset: $0).distance < HeadValues(survey, offset: $1).distance
    }
  }

  private static func ct(_ volume: AnyVolume, _ survey: ValueSurvey, _ reason: String)
    -> RecognizedVolume
  {
    var recognized = RecognizedVolume(
      volume: volume, content: .hounsfield, kind: .ct, reason: reason)
    // The sample CT's bone has 1,440 HU at its 95th percentile; a child's some 1,000.
    let bone = 150.0...3500.0
    if volume.sizes.count >= leastVoxels, survey.share(bone) >= 0.002,
      let top = survey.quantile(0.95, of: bone), top < leastBone
    {
      let threshold = max(100, (BoneRule.standardThreshold * top / 1400 / 10).rounded() * 10)
      recognized.warnings.append(
        "the bone has few HU: 95 % of it at most \(short(top)), where that of most heads reaches 1,000 and more; "
          + "if thin bone is missing, lower the threshold: --set threshold=\(plain(threshold))")
    }
    return recognized
  }

  /// Bone of fewer HU at its 95th percentile is told.
  private static let leastBone = 900.0

  /// What speaks against HU in values on both sides of 0: another number was added, their sign or their unit is another.
  private static func notInHU(_ volume: AnyVolume, _ survey: ValueSurvey)
    -> (found: String, threshold: Double?)?
  {
    let standard = BoneRule.standardThreshold
    // The most frequent value is that of air or of soft tissue.
    if let mode = survey.mode(survey.least...survey.most, window: 20) {
      for offset in [mode + 1000, mode - 34] where abs(offset) > 100 {
        let values = HeadValues(survey, offset: offset)
        guard values.isHead else { continue }
        return (
          "\(values.reason), as HU with about \(short(offset.rounded())) added",
          (standard + offset).rounded()
        )
      }
    }
    if let scaled = scaled(survey) { return scaled }
    let faces = Surroundings.faceShare(
      of: volume, within: standard...Double.greatestFiniteMagnitude)
    guard faces >= 0.5 else { return nil }
    // Of values with another sign no threshold takes the bone.
    return (
      "values of bone on \(Int((100 * faces).rounded())) % of the grid's faces, where air is", nil
    )
  }

  /// HU times some number: air lies below −3500.
  private static func scaled(_ survey: ValueSurvey) -> (found: String, threshold: Double?)? {
    let far = survey.share(-30_000 ... -3500)
    guard far >= 0.1, let air = survey.mode(-30_000 ... -3500, window: 20) else { return nil }
    // What is put where a scanner sees nothing is one value, and air is elsewhere.
    let isFill = survey.share(air - 20...air + 20) >= 0.95 * far
    guard !isFill || survey.share(-1100 ... -900) < 0.02 else { return nil }
    let factor = (-air / 1000 * 10).rounded() / 10
    return (
      "\(Int((100 * far).rounded())) % of the values below −3500, as HU times \(short(factor)) have it",
      (BoneRule.standardThreshold * factor).rounded()
    )
  }

  /// HU that were halved: air and bone both are half of what they should be.
  private static func halved(_ survey: ValueSurvey) -> (found: String, threshold: Double)? {
    guard survey.least < -400, survey.least > -640, survey.share(-560 ... -440) >= 0.1,
      let air = survey.mode(-640 ... -400, window: 10),
      let top = survey.quantile(0.95, of: 113...3500), top < 850,
      survey.share(-75...75) >= 0.05
    else { return nil }
    return (
      "air at \(short(air)) and bone up to \(short(top)), about half of what HU are",
      (BoneRule.standardThreshold / 2).rounded()
    )
  }

  /// Why values without negative ones are HU all the same: they were cut off at 0, or all but bone was set to it.
  private static func withoutNegatives(_ volume: AnyVolume, _ survey: ValueSurvey) -> String? {
    guard survey.most >= BoneRule.standardThreshold, survey.most < 32_768 else { return nil }
    let outside = survey.share(survey.least...survey.least + 0.5)
    let bone = survey.share(BoneRule.standardThreshold...4500)
    let above = BoneRule.standardThreshold...Double.greatestFiniteMagnitude
    guard outside >= 0.15, bone > 0.002, let top = survey.quantile(0.5, of: above), top < 1500
    else {
      return nil
    }
    let tissue = survey.share(survey.least + 0.5...150)
    // A brain in an MR has most of its voxels above.
    if survey.most >= 600, tissue >= 0.05, bone <= 0.8 * tissue,
      let peak = survey.mode(survey.least + 0.5...150, window: 10), peak < 100, peak > -20
    {
      return "negative values are cut off, soft tissue lies at \(short(peak))"
    }
    if outside >= 0.5, survey.share(0.5...100) < 0.02 * bone, survey.most <= 4500, isHollow(volume)
    {
      return "all but bone is \(short(survey.least))"
    }
    return nil
  }

  /// Whether what is bright fills little of its box, as a skull does: a brain that was cut out of an MR fills half.
  private static func isHollow(_ volume: AnyVolume) -> Bool {
    let bright = BoneRule.standardThreshold...Double.greatestFiniteMagnitude
    return Surroundings.fill(of: volume, within: bright) < 1.0 / 3
  }

  /// Values that are not HU.
  private static func unknown(_ volume: AnyVolume, _ survey: ValueSurvey) -> RecognizedVolume {
    let range = "\(short(survey.least)) to \(short(survey.most))"
    let kind: Kind
    let found: String
    if survey.isWhole, survey.least >= -128, survey.most <= 255 {
      kind = .picture
      found = "grey values of 8 bits (\(range)), as a window of a CT has"
    } else if survey.most <= 1.5, survey.least >= -1.5 {
      kind = .normalised
      found = "values of \(range), as a normalised scan has"
    } else {
      kind = .grey
      found = "grey values of \(range) without air and soft tissue of a CT, as an MR has"
    }
    let upper = survey.division(of: survey.least...survey.most)
      .flatMap { survey.division(of: $0...survey.most) }
    let suggestion =
      kind == .picture && survey.least >= 0 ? 128 : upper ?? (survey.least + survey.most) / 2
    return RecognizedVolume(
      volume: volume, content: .hounsfield, kind: kind, reason: found,
      doubt: doubt(found, threshold: suggestion))
  }

  /// - Parameter threshold: the value from which on bone begins; nil: there is none.
  private static func doubt(_ found: String, threshold: Double?) -> Diagnostic {
    Diagnostic(
      .unclearValues, field: "voxels", expected: "HU, or a mask", found: found,
      remedy: threshold.map {
        "take the CT in HU, or say from which of these values on bone begins, such as --set threshold=\(plain($0))"
      } ?? "take the CT in HU; if the sign of the values is turned, turn it back first")
  }

  /// A number as the command line takes it.
  private static func plain(_ number: Double) -> String {
    let text = short(number)
    return text.hasPrefix("−") ? "-" + text.dropFirst() : text
  }
}
