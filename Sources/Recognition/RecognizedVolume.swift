public import Errors
public import Skulls
public import Volumes

/// What a volume is, judged by its values: what every command reads a scan, a skull or an implant with.
///
/// What is certain is mended and told: a CT whose values are offset or wrapped, a mask with soft edges. What is not
/// certain has a ``doubt``, which names the option that settles it.
public struct RecognizedVolume: Sendable {
  /// The voxels; of a CT in HU, also where the file holds them offset.
  public internal(set) var volume: AnyVolume
  /// Which voxels are bone.
  public internal(set) var content: ScanContent
  public internal(set) var kind: Kind
  /// Why, as a part of a sentence: `air at −1000, soft tissue at 36`.
  public internal(set) var reason: String
  /// What was mended, a sentence each.
  public internal(set) var warnings: [String] = []
  /// Why bone cannot be taken unless the user says how; nil where it can.
  public internal(set) var doubt: Diagnostic?
  /// What was subtracted from the file's values to get HU.
  public internal(set) var offset = 0.0
  /// How much the values of soft tissue scatter, in HU; nil where that cannot be told. See ``ScanNoise``.
  public internal(set) var noise: Double?
  /// How often the volume was smoothed because of its noise.
  public internal(set) var smoothingRounds = 0

  public enum Kind: String, Codable, Sendable {
    case mask
    case softMask = "mask with soft edges"
    case labels = "label map"
    case ct = "CT in HU"
    case offsetCT = "CT with an offset"
    case wrappedCT = "CT with wrapped values"
    case picture = "windowed picture"
    case normalised = "normalised scan"
    case grey = "grey values in no known unit"
  }

  /// Whether its voxels are those of a mask, of whatever values.
  public var isMask: Bool { kind == .mask || kind == .softMask }
}

extension RecognizedVolume {
  /// Tells what a volume is.
  ///
  /// - Parameter names: what the file calls its labels.
  /// - Complexity: a pass to count values, two where they are not whole; a second copy of the voxels where they are
  ///   mended or smoothed.
  public init(_ volume: AnyVolume, names: [Int: String] = [:], threads: Int = 1) {
    let survey = ValueSurvey(of: volume, threads: threads)
    if let few = Self.ofFewValues(volume, survey) ?? Self.softMask(volume, survey) {
      self = few
    } else if let unwrapped = WrappedValues(survey) {
      self = unwrapped.mended(volume, threads: threads)
    } else {
      self = Self.greyValues(volume, survey, threads: threads)
    }
    if kind == .labels, !names.isEmpty, let labels = survey.values(upTo: 1000) {
      doubt = Self.doubt(labels: labels, in: volume) { names[$0] }
    }
    smoothNoise(threads: threads)
    if survey.notNumbers > 0, isMask {
      warnings.append(
        "\(survey.notNumbers) voxels are not numbers; they are taken as outside of the mask")
    }
  }

  /// The labels of a volume, with how many voxels have each; nil where it has more than 1,000 values, or others than
  /// whole numbers.
  public static func labels(of volume: AnyVolume) -> [(value: Int, voxels: Int)]? {
    ValueSurvey(of: volume).values(upTo: 1000)
  }

  /// A list of labels for a message: `1 (812.0 cm³), 2 (9.1 cm³)`; the largest ones, by number.
  public static func list(
    _ labels: [(value: Int, voxels: Int)], voxelVolume: Double,
    name: (Int) -> String? = { _ in nil }
  ) -> String {
    let shown = labels.sorted { $0.voxels > $1.voxels }.prefix(12).sorted { $0.value < $1.value }
    let texts = shown.map { label in
      let volume = Double(label.voxels) * voxelVolume / 1000
      return
        "\(label.value) (\(name(label.value).map { "\($0), " } ?? "")\(Self.short(volume)) cm³)"
    }
    return texts.joined(separator: ", ") + (labels.count > shown.count ? ", …" : "")
  }

  /// A number with one place after the point; without it where it is whole.
  static func short(_ number: Double) -> String {
    let tenths = (number * 10).rounded()
    let text: String
    if let whole = Int(exactly: tenths / 10), abs(number) >= 1 || tenths == 10 * number {
      text = "\(whole)"
    } else {
      text = abs(number) < 1 ? "\((number * 1000).rounded() / 1000)" : "\(tenths / 10)"
    }
    return text.hasPrefix("-") ? "−" + text.dropFirst() : text
  }
}
