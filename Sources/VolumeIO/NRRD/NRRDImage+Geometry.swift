import Errors
import Volumes

extension NRRDImage {
  func geometry() throws -> (geometry: Geometry, warnings: [String]) {
    guard header.type.scalarType != nil else {
      throw notAVolume(.type, expected: "voxels that are numbers", found: header.type.name)
    }
    return try geometry(axes: try spatialAxes(othersMayHaveAnySize: false))
  }

  /// The placement of one to three axes; what is missing of three has size 1 and stands on the others.
  func geometry(axes: [Int]) throws -> (geometry: Geometry, warnings: [String]) {
    let lengths = axes.map { header.sizes[$0] } + [Int](repeating: 1, count: 3 - axes.count)
    let sizes = GridSize(lengths[0], lengths[1], lengths[2])
    var warnings = orientationWarnings()
    if let directions = header.spaceDirections, axes.allSatisfy({ directions[$0] != nil }) {
      if header.spaceOrigin == nil {
        warnings.append("\(path): space origin: missing, taken as 0")
      }
      let scale = try LengthUnits.scale(header.spaceUnits ?? [], field: .spaceUnits, of: self)
      warnings += scale.warnings
      var matrix = Matrix3(.zero, .zero, .zero)
      for (column, axis) in axes.enumerated() {
        matrix[column] = try self.column(directions[axis]!, .spaceDirections) * scale.factors
      }
      let geometry = Geometry(
        sizes: sizes, space: header.space?.spatial,
        directions: axes.count == 3 ? matrix : matrix.completed(from: axes.count),
        origin: try header.spaceOrigin.map { try column($0, .spaceOrigin) * scale.factors }
          ?? .zero)
      try geometry.checkSpansSpace(path: path, line: header.lines[.spaceDirections])
      return (geometry, warnings)
    }
    warnings.append("\(path): space directions: missing, axes taken along x, y, z")
    let stated = axes.map { header.spacings?[$0] ?? .nan }
    // Units of axes without a spacing are units of nothing.
    let units = stated.indices.map { stated[$0].isNaN ? "" : header.units?[axes[$0]] ?? "" }
    let scale = try LengthUnits.scale(units, field: .units, of: self)
    warnings += scale.warnings
    var spacing = SIMD3<Double>(1, 1, 1)
    for (i, step) in stated.enumerated() where !step.isNaN { spacing[i] = step * scale.factors[i] }
    if stated.contains(where: \.isNaN) {
      warnings.append("\(path): spacings: missing, taken as 1 mm")
    }
    let geometry = Geometry(
      sizes: sizes, space: header.space?.spatial, directions: Matrix3(diagonal: spacing),
      placement: stated.allSatisfy(\.isNaN) ? .none : .spacings)
    try geometry.checkSpansSpace(path: path, line: header.lines[.spacings])
    return (geometry, warnings)
  }

  /// One more axis than space has may hold layers.
  func layers() throws -> ImageLayers {
    guard header.type.scalarType != nil else {
      throw notAVolume(.type, expected: "voxels that are numbers", found: header.type.name)
    }
    let axes = try spatialAxes(othersMayHaveAnySize: true)
    let others = header.sizes.indices.filter { !axes.contains($0) && header.sizes[$0] != 1 }
    guard axes.count == 3, others.count == 1 else {
      let (geometry, warnings) = try geometry()
      return ImageLayers(geometry: geometry, warnings: warnings)
    }
    let (geometry, warnings) = try geometry(axes: axes)
    return ImageLayers(
      geometry: geometry, warnings: warnings, count: header.sizes[others[0]],
      stride: header.sizes[..<others[0]].reduce(1, *))
  }

  private func orientationWarnings() -> [String] {
    var warnings: [String] = []
    if let space = header.space {
      if space.spatial?.isAnatomical != true {
        warnings.append(
          "\(path): space: \(space.name) names no directions of the patient; taken as LPS")
      }
    } else {
      warnings.append("\(path): space: missing, so left and right are unknown; taken as LPS")
    }
    return warnings
  }

  /// The three axes that run through space.
  ///
  /// - Parameter othersMayHaveAnySize: whether axes beyond them may have more than one sample; then
  ///   one or two axes through space will do.
  func spatialAxes(othersMayHaveAnySize: Bool) throws -> [Int] {
    let rank = header.sizes.count
    guard rank >= 3 || othersMayHaveAnySize else {
      throw notAVolume(.dimension, expected: "3 axes", found: "\(rank)")
    }
    var axes = Array(0..<rank)
    if let directions = header.spaceDirections, directions.contains(where: { $0 != nil }) {
      axes.removeAll { !runsThroughSpace(directions[$0]) }
    } else if let kinds = header.kinds {
      axes.removeAll { axis in
        kinds[axis].map { $0 != "domain" && $0 != "space" } ?? false
      }
    }
    // Surplus axes of size 1 go, the slowest first.
    for axis in axes.reversed() where axes.count > 3 && header.sizes[axis] == 1 {
      axes.removeAll { $0 == axis }
    }
    if othersMayHaveAnySize {
      axes = Array(axes.prefix(3))
    }
    for axis in 0..<rank
    where !othersMayHaveAnySize && !axes.contains(axis) && header.sizes[axis] != 1 {
      let kind = header.kinds?[axis].map { " of kind \($0)" } ?? ""
      throw notAVolume(
        .sizes, expected: "3 axes through space, all others of size 1",
        found: "axis \(axis)\(kind) of size \(header.sizes[axis])")
    }
    guard axes.count == 3 || othersMayHaveAnySize && !axes.isEmpty else {
      throw notAVolume(
        .sizes, expected: "\(othersMayHaveAnySize ? "1 to " : "")3 axes through space",
        found: "\(axes.count): axes \(axes.map(String.init).joined(separator: ", "))")
    }
    return axes
  }

  private func runsThroughSpace(_ direction: [Double]?) -> Bool {
    guard let direction else { return false }
    // With time as the last coordinate, an axis along it alone is not spatial.
    guard header.space?.hasTime == true else { return true }
    return direction.prefix(3).contains { $0 != 0 }
  }

  private func column(_ vector: [Double], _ field: NRRDField) throws -> SIMD3<Double> {
    let hasTime = header.space?.hasTime == true
    // An image of a plane or a line, in a space of as many dimensions.
    if vector.count < 3, vector.count == header.spaceDimension {
      return SIMD3(vector[0], vector.count > 1 ? vector[1] : 0, 0)
    }
    guard vector.count == (hasTime ? 4 : 3),
      !(hasTime && field == .spaceDirections && vector[3] != 0)
    else {
      throw notAVolume(
        field, expected: "3 coordinates of space",
        found: hasTime ? "an axis through space and time" : "\(vector.count)")
    }
    return SIMD3(vector[0], vector[1], vector[2])
  }

  func notAVolume(_ field: NRRDField, expected: String, found: String) -> Diagnostic {
    Diagnostic(
      .notAVolume, path, at: header.lines[field].map { Place(line: $0) }, field: field.rawValue,
      expected: expected, found: found,
      remedy: info.segments.isEmpty
        ? "extract one scalar volume first" : "choose with --segment: \(info.segmentNames)")
  }
}

extension Geometry {
  /// - Throws: `Diagnostic` where numbers are not finite or the directions do not span space.
  func checkSpansSpace(path: String, line: Int?, field: String = "space directions") throws {
    let lengths = spacing
    let product = lengths.x * lengths.y * lengths.z
    let isFinite = (0..<3).allSatisfy { lengths[$0].isFinite && origin[$0].isFinite }
    guard isFinite, product.isFinite, product > 0,
      abs(directions.determinant) > 1e-9 * product, lpsFromIndex.inverse != nil
    else {
      throw Diagnostic(
        .malformed, path, at: line.map { Place(line: $0) }, field: field,
        expected: "three finite directions that span space",
        found: (0..<3).map { axis in
          let c = directions[axis]
          return "(\([c.x, c.y, c.z].map(NumberText.shortest).joined(separator: ",")))"
        }.joined(separator: " "), remedy: "correct the header")
    }
  }
}
