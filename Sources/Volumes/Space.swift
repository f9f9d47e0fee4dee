/// What the three coordinates of a world point mean; the raw value is NRRD's long name.
///
/// *Source*: NRRD specification, "space". The forms with `-time` exist in files only; a volume has
/// the spatial part.
public enum Space: String, CaseIterable, Codable, Sendable {
  case rightAnteriorSuperior = "right-anterior-superior"
  case leftAnteriorSuperior = "left-anterior-superior"
  case leftPosteriorSuperior = "left-posterior-superior"
  case scannerXYZ = "scanner-xyz"
  case rightHanded3D = "3d-right-handed"
  case leftHanded3D = "3d-left-handed"

  /// NRRD's short name, where there is one.
  public var abbreviation: String? {
    switch self {
    case .rightAnteriorSuperior: "RAS"
    case .leftAnteriorSuperior: "LAS"
    case .leftPosteriorSuperior: "LPS"
    case .scannerXYZ, .rightHanded3D, .leftHanded3D: nil
    }
  }

  /// Whether the coordinates name directions of the patient.
  public var isAnatomical: Bool { abbreviation != nil }

  /// Whether the axes of the space are right-handed: RAS and LPS are, LAS is not.
  public var isRightHanded: Bool {
    switch self {
    case .rightAnteriorSuperior, .leftPosteriorSuperior, .scannerXYZ, .rightHanded3D: true
    case .leftAnteriorSuperior, .leftHanded3D: false
    }
  }

  /// Factors of ±1 that turn coordinates of this space into LPS, and back. A space that names no
  /// directions of the patient is taken as LPS.
  public var signsToLPS: SIMD3<Double> {
    switch self {
    case .rightAnteriorSuperior: SIMD3(-1, -1, 1)
    case .leftAnteriorSuperior: SIMD3(1, -1, 1)
    case .leftPosteriorSuperior, .scannerXYZ, .rightHanded3D, .leftHanded3D: SIMD3(1, 1, 1)
    }
  }
}
