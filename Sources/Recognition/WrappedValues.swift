import Volumes

/// Negative values that were read in a type without a sign: −1000 as 64,536.
struct WrappedValues {
  /// What negative values became larger by.
  let modulus: Double
  /// The type's name, for the message.
  let name: String

  /// Nil where the values are not wrapped.
  init?(_ survey: ValueSurvey) {
    let count = Double(survey.count)
    if survey.share(60_000...65_535) >= 0.02, survey.share(6_000...59_999) <= 0.005 {
      (modulus, name) = (65_536, "16 bits")
    } else if Double(survey.below2To32) >= 0.02 * count, survey.most < 4_294_967_296 {
      (modulus, name) = (4_294_967_296, "32 bits")
    } else if survey.least >= 0, survey.most < 4096, survey.share(2_900...4_095) >= 0.1,
      survey.share(200...1_100) < 0.3
    {
      // No head has bone of 2,900 HU in a tenth of its scan.
      (modulus, name) = (4_096, "12 bits")
    } else {
      return nil
    }
  }

  /// The volume with its negative values back, recognised again.
  func mended(_ volume: AnyVolume, threads: Int) -> RecognizedVolume {
    let half = modulus == 4096 ? 2_900 : modulus / 2
    let signed = volume.shifted(by: -modulus, from: half, threads: threads)
    var recognized = RecognizedVolume.greyValues(
      signed, ValueSurvey(of: signed, threads: threads), threads: threads)
    if recognized.kind == .ct { recognized.kind = .wrappedCT }
    recognized.reason =
      "many values just below \(Int(modulus)), as negative ones of \(name) read without their sign; "
      + recognized.reason
    recognized.warnings.insert(
      "negative values were stored without their sign (\(Int(modulus) - 1000) for −1000): "
        + "\(Int(modulus)) is subtracted from values of \(Int(half)) and more", at: 0)
    return recognized
  }
}
