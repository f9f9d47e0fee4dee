import Errors
import Volumes

/// The units of length that headers name, in mm.
///
/// *Source*: the NRRD specification leaves the texts of `space units` and `units` free; these are the
/// SI names and what teem, ITK and microscopes write.
enum LengthUnits {
  /// Millimetres in one unit, by its name in lower case.
  private static let millimetres: [String: Double] = {
    let names: [(Double, [String])] = [
      (1, ["mm", "millimeter", "millimetre", "millimeters", "millimetres"]),
      (1000, ["m", "meter", "metre", "meters", "metres"]),
      (10, ["cm", "centimeter", "centimetre", "centimeters", "centimetres"]),
      (
        1e-3,
        [
          // The micro sign and the Greek letter.
          "um", "\u{b5}m", "\u{3bc}m", "micron", "microns", "micrometer", "micrometre",
          "micrometers", "micrometres",
        ]
      ),
      (1e-6, ["nm", "nanometer", "nanometre", "nanometers", "nanometres"]),
      (25.4, ["in", "inch", "inches"]),
    ]
    return Dictionary(uniqueKeysWithValues: names.flatMap { mm, all in all.map { ($0, mm) } })
  }()

  /// Texts that stand for no unit at all.
  private static let nothing: Set<String> = ["", "?", "???", "none", "unknown"]

  /// Millimetres in one unit of each coordinate, with a sentence where that is not 1.
  ///
  /// - Parameter units: one text a coordinate; more than three are those of time and are left out.
  /// - Throws: `Diagnostic` for a unit of space that is no length known here: it must not be taken
  ///   for mm. The unit of an axis may be anything, so another is only told.
  static func scale(
    _ units: [String], field: NRRDField, of image: NRRDImage
  ) throws -> (factors: SIMD3<Double>, warnings: [String]) {
    var factors = SIMD3<Double>(1, 1, 1)
    var (found, warnings): ([String], [String]) = ([], [])
    for (i, unit) in units.prefix(3).enumerated() {
      let name = unit.trimmingBlanks().lowercased()
      if nothing.contains(name) { continue }
      guard let mm = millimetres[name] else {
        if field == .units {
          warnings.append(
            "\(image.path): units: \(quoted(unit)) is no length known here; taken as mm")
          continue
        }
        throw Diagnostic(
          .unsupported, image.path, at: image.header.lines[field].map { Place(line: $0) },
          field: field.rawValue, expected: "a unit of length such as mm, cm, m, um, nm or inch",
          found: quoted(unit), remedy: "correct the unit, or delete the field if it is mm")
      }
      if mm != 1, !found.contains(unit) { found.append(unit) }
      factors[i] = mm
    }
    if !found.isEmpty {
      let names = found.map(quoted).joined(separator: ", ")
      warnings.append("\(image.path): \(field.rawValue): \(names), converted to mm")
    }
    return (factors, warnings)
  }
}

extension Matrix3 {
  /// The first `count` columns, the others replaced by unit vectors at right angles to them.
  ///
  /// - Precondition: 1 or 2 columns to keep; where they do not span a plane nor will the result.
  func completed(from count: Int) -> Matrix3 {
    func unit(_ v: SIMD3<Double>) -> SIMD3<Double> { v.length > 0 ? v / v.length : v }
    var result = self
    if count < 2 {
      // The axis that the first column leans to least.
      let lean = SIMD3(abs(self[0].x), abs(self[0].y), abs(self[0].z))
      let least = (0..<3).min { lean[$0] < lean[$1] }!
      var axis = SIMD3<Double>.zero
      axis[least] = 1
      result[1] = unit(unit(self[0]).cross(axis))
    }
    result[2] = unit(unit(result[0]).cross(unit(result[1])))
    return result
  }
}
