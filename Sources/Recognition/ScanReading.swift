public import Volumes

/// What a scan was taken for, and why: a fact of a case's account.
public struct ScanReading: Codable, Equatable, Sendable {
  public var kind: RecognizedVolume.Kind
  /// The label that the user named as bone; nil where the values decide.
  public var label: Int?
  /// Why, as a part of a sentence: `air at −1000, soft tissue at 36`.
  public var reason: String
  /// The segment that the user named.
  public var segment: String?
  /// The space that the user named, for a file that gives none.
  public var assumedSpace: Space?
  /// What was subtracted from the file's values to get HU; nil: nothing.
  public var offset: Double?
  /// How much the values of soft tissue scatter, in HU; nil where that cannot be told.
  public var noise: Double?
  /// How often the volume was smoothed because of its noise; nil: never.
  public var smoothingRounds: Int?
  /// The scalar type as read, with the scaling of a NIfTI file applied.
  public var type: ScalarType
  /// Voxels along x, y and z.
  public var sizes: [Int]
  /// Between voxel centres along x, y and z, in mm.
  public var spacing: [Double]

  /// A volume whose voxels of one label are bone, because the user said so.
  package init(label: Int, of volume: AnyVolume) {
    self.init(.labels, "--label", of: volume)
    self.label = label
  }

  /// A volume, judged by its values.
  package init(_ recognized: RecognizedVolume, of volume: AnyVolume) {
    self.init(recognized.kind, recognized.reason, of: volume)
    offset = recognized.offset == 0 ? nil : recognized.offset
    noise = recognized.noise
    smoothingRounds = recognized.smoothingRounds > 0 ? recognized.smoothingRounds : nil
  }

  private init(_ kind: RecognizedVolume.Kind, _ reason: String, of volume: AnyVolume) {
    (self.kind, self.reason) = (kind, reason)
    type = volume.scalarType
    sizes = (0..<3).map { volume.sizes[$0] }
    spacing = (0..<3).map { volume.geometry.spacing[$0] }
  }

  /// As a part of a sentence: `read as a CT in HU: air at −1000, soft tissue at 36`.
  public var sentence: String {
    if let label { return "read as label \(label): \(reason)" }
    return "read as \(kind == .grey ? "" : "a ")\(kind.rawValue): \(reason)"
  }
}
