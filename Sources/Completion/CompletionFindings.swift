/// What a completion knows of the skull that it completed, and how far it can be trusted.
public struct CompletionFindings: Codable, Hashable, Sendable {
  /// Holes of the skull, the largest first; those that were left open on purpose too.
  public var defects: [Defect]
  /// The name of the model that completed it; several where holes were filled by different ones.
  public var model: String
  /// The Dice coefficient that is expected of the implant, from 0 to 1; 0 where nothing can be said.
  public var confidence: Double
  /// How far the ways of completing that came into question lie apart, in mm: the mean distance of
  /// their outer tables. Nil where there was only one.
  public var disagreementMM: Double?
  /// What the model made of a hole whose bone is known; nil where it was not asked for, or no such hole fits.
  public var selfTest: SelfTest?

  /// Below this confidence an implant is warned of, and refused by `--strict`.
  public static let leastConfidence = 0.7

  /// What a user is told of a completion that cannot be trusted; nil of one that can.
  public var doubt: String? {
    guard confidence < Self.leastConfidence else { return nil }
    let percent = Int((100 * confidence).rounded(.down))
    return "low confidence: \(percent) % of the implant is expected to be right, at least "
      + "\(Int(100 * Self.leastConfidence)) % should be; look at the result before it is used"
  }

  /// A missing part of the skull.
  public struct Defect: Codable, Hashable, Sendable {
    /// Which part of the skull is missing.
    public enum Kind: String, Codable, Sendable {
      /// Bone of the vault.
      case cranial
      /// The rim or the roof of an orbit, and perhaps vault beside it.
      case orbital
      /// Bone of the face.
      case facial
    }

    public var kind: Kind
    /// On the vault; of a part of the face, that of its largest cross-section.
    public var areaMM2: Double
    public var perimeterMM: Double
    /// The largest diameter, and the largest at a right angle to it.
    public var diametersMM: [Double]
    public var centroidLPS: [Double]
    /// Whether it lies on both sides of the mid-sagittal plane.
    public var crossesMidline: Bool
    /// Whether it reaches the border of the scan: how far it goes is then not known.
    public var atBorder: Bool
    /// Whether it was filled.
    public var isFilled: Bool
  }

  /// A hole carved into whole bone of the same skull, completed without that bone, and compared with it.
  public struct SelfTest: Codable, Hashable, Sendable {
    /// The Dice coefficient of the piece and the bone that was carved out.
    public var dsc: Double
    /// The mean distance of the outer tables in mm.
    public var outerMM: Double
    /// The mean distance of the inner tables in mm.
    public var innerMM: Double
    /// The area of the carved hole, which is smaller than that of the largest defect where no such hole fits.
    public var areaMM2: Double
    public var centroidLPS: [Double]
  }
}
