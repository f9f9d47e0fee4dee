import Errors
import Volumes

/// What the comments of a file say about its coordinates: `SPACE=LPS UNIT=mm`, as 3D Slicer writes the
/// space into STL, PLY and OBJ, which have no field for it.
struct PlacementTags: Equatable {
  var space: Space?
  var unit = LengthUnit.millimeter

  init(space: Space? = nil, unit: LengthUnit = .millimeter) {
    (self.space, self.unit) = (space, unit)
  }

  /// Reads the tags of a comment or header; the last of each counts.
  ///
  /// - Throws: `Diagnostic` for a space that is neither LPS nor RAS, and for an unknown unit.
  mutating func read(_ text: String) throws(Diagnostic) {
    for word in text.split(whereSeparator: { !$0.isLetter && $0 != "=" && $0 != "_" }) {
      let sides = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard sides.count == 2 else { continue }
      switch sides[0] {
      case "SPACE": space = try Self.space(named: String(sides[1]))
      case "UNIT":
        guard let named = LengthUnit(tag: String(sides[1])) else {
          throw Diagnostic(
            .unsupported, field: "UNIT", expected: "mm, cm, m or in",
            found: quoted(String(sides[1])),
            remedy: "export the mesh in mm")
        }
        unit = named
      default: break
      }
    }
  }

  /// LPS or RAS.
  static func space(named name: String) throws(Diagnostic) -> Space {
    switch name.uppercased() {
    case "LPS": return .leftPosteriorSuperior
    case "RAS": return .rightAnteriorSuperior
    default:
      throw Diagnostic(
        .unsupported, field: "SPACE", expected: "LPS or RAS", found: quoted(name),
        remedy: "export the mesh in LPS or RAS coordinates")
    }
  }

  /// The comment that says it.
  static func text(_ options: MeshWriteOptions) -> String {
    "SPACE=\(options.space.abbreviation ?? "LPS") UNIT=mm"
  }

  /// The document in LPS mm, of one in the file's coordinates.
  func placed(_ document: MeshDocument) -> MeshDocument {
    var document = document
    document.space = space
    let turns = space == .rightAnteriorSuperior
    guard turns || unit != .millimeter else { return document }
    let scale = unit.millimetres
    return document.transformed(
      by: Affine(
        linear: Matrix3(diagonal: turns ? SIMD3(-scale, -scale, scale) : SIMD3(repeating: scale))))
  }
}

/// A unit of length, by the names of 3MF.
enum LengthUnit: String, CaseIterable {
  case micron, millimeter, centimeter, inch, foot, meter

  var millimetres: Double {
    switch self {
    case .micron: 1e-3
    case .millimeter: 1
    case .centimeter: 10
    case .inch: 25.4
    case .foot: 304.8
    case .meter: 1000
    }
  }

  /// The unit of a tag such as `mm`; nil where it is none.
  init?(tag: String) {
    switch tag.lowercased() {
    case "um", "micron": self = .micron
    case "mm", "millimeter": self = .millimeter
    case "cm", "centimeter": self = .centimeter
    case "in", "inch": self = .inch
    case "ft", "foot": self = .foot
    case "m", "meter": self = .meter
    default: return nil
    }
  }
}
