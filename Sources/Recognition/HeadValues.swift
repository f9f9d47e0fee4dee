import Skulls

/// What the values of a scan say if some number was added to its HU: whether air, soft tissue and bone lie where those of
/// a head do.
struct HeadValues {
  private let survey: ValueSurvey
  private let offset: Double

  init(_ survey: ValueSurvey, offset: Double) { (self.survey, self.offset) = (survey, offset) }

  /// The share of voxels of some HU.
  private func share(_ range: ClosedRange<Double>) -> Double {
    survey.share(range.lowerBound + offset...range.upperBound + offset)
  }

  /// The most frequent value about soft tissue, as the file has it; nil where there is none.
  var tissue: Double? { survey.mode(offset - 150...offset + 150, window: 16) }

  private var air: Double? { survey.mode(offset - 1150...offset - 850, window: 16) }

  /// How far air and soft tissue lie from where they should, in HU.
  var distance: Double {
    abs((air ?? .infinity) - offset + 1000) + abs((tissue ?? .infinity) - offset - 30)
  }

  /// Whether air, soft tissue and bone are there, and hardly anything between air and tissue.
  ///
  /// A head has 20 to 60 % of each of the first two, and 2 to 30 % of bone; a scan that was cropped has less air.
  var isHead: Bool {
    let soft = share(-200...150)
    guard share(-1150 ... -850) >= 0.02, soft >= 0.05, share(-800 ... -250) <= 0.75 * soft,
      let mode = survey.mode(offset - 800...offset + 3000, window: 20)
    else { return false }
    let bone = share(BoneRule.standardThreshold...3500)
    return mode >= offset - 150 && mode <= offset + 150 && bone >= 0.002 && bone <= 1.5 * soft
  }

  /// Where air and soft tissue lie, in words.
  var reason: String {
    let texts = [("air", air), ("soft tissue", tissue)].compactMap { name, value in
      value.map { "\(name) at \(RecognizedVolume.short($0.rounded()))" }
    }
    return texts.isEmpty ? "grey values" : texts.joined(separator: ", ")
  }
}
