import Errors
import Volumes

extension NRRDHeaderParser {
  /// What can only be checked once the whole header is read.
  mutating func checkWhole() throws {
    for required in [NRRDField.type, .dimension, .sizes, .encoding]
    where header.lines[required] == nil {
      field = required.rawValue
      throw error(
        .missingField, expected: "the field before the voxels", found: "none",
        remedy: "add it; the header may be cut off")
    }
    try checkElements()
    try checkFileCount()
    try checkOrientation()
    try checkKinds()
  }

  /// Works on a field that an earlier line stated.
  private mutating func turn(to known: NRRDField) {
    field = known.rawValue
    line = header.lines[known] ?? line
  }

  private mutating func checkElements() throws {
    if isBlock {
      turn(to: .type)
      guard let blockSize else {
        throw error(
          .missingField, expected: "the field \"block size\" with the type block", found: "none",
          remedy: "add it")
      }
      header.type = .block(blockSize)
      guard header.encoding != .ascii else {
        throw error(
          .contradiction, expected: "an encoding other than ascii for blocks", found: "ascii")
      }
    }
    if !isBlock, blockSize != nil {
      turn(to: .blockSize)
      throw error(
        .contradiction, expected: "\"block size\" with the type block only",
        found: "the type \(header.type.name)", remedy: "delete the field")
    }
    if header.endianMatters, header.endian == nil {
      turn(to: .type)
      field = NRRDField.endian.rawValue
      throw error(
        .missingField,
        expected: "little or big for \(header.type.name) stored as "
          + "\(header.encoding.rawValue)", found: "none", remedy: "add the field \"endian\"")
    }
    turn(to: .sizes)
    guard VoxelData.byteCount(sizes: header.sizes, type: header.type) != nil else {
      throw error(
        .tooLarge, expected: "sizes whose product fits 63 bits",
        found: header.sizes.map(String.init).joined(separator: " "))
    }
    if header.byteSkip < 0, header.encoding == .ascii || header.encoding == .hex {
      turn(to: .byteSkip)
      throw error(
        .unsupported, expected: "0 or more for text encodings", found: "\(header.byteSkip)")
    }
  }

  private mutating func checkOrientation() throws {
    guard let directions = header.spaceDirections else { return }
    // Section 4: a direction replaces spacing, min, max and unit of its axis.
    let rivals: [(NRRDField, [Double]?)] = [
      (.spacings, header.spacings), (.axisMins, header.axisMins), (.axisMaxs, header.axisMaxs),
    ]
    for (known, values) in rivals {
      for (axis, value) in (values ?? []).enumerated()
      where !value.isNaN && directions[axis] != nil {
        turn(to: known)
        throw error(
          .contradiction,
          expected: "nan for axis \(axis), which \"space directions\" gives a direction",
          found: NumberText.shortest(value), remedy: "delete one of the two fields")
      }
    }
    for (axis, unit) in (header.units ?? []).enumerated()
    where !unit.isEmpty && directions[axis] != nil {
      turn(to: .units)
      throw error(
        .contradiction,
        expected: "\"\" for axis \(axis), which \"space directions\" gives a direction",
        found: quoted(unit), remedy: "say it in \"space units\"")
    }
    try checkIndependence(directions)
  }

  /// Refuses directions that fold the image: a vector of zeros, or vectors in one plane that should
  /// span three dimensions.
  private mutating func checkIndependence(_ directions: [[Double]?]) throws {
    turn(to: .spaceDirections)
    let count = directions.count { $0 != nil }
    var basis: [[Double]] = []
    for (axis, direction) in directions.enumerated() {
      guard let direction else { continue }
      let scale = direction.reduce(0) { max($0, abs($1)) }
      guard scale > 0 else {
        throw error(
          .malformed, expected: "a direction of some length for axis \(axis), or none",
          found: "a vector of zeros")
      }
      // More axes than coordinates cannot be independent, and need not be.
      guard count <= header.spaceDimension else { continue }
      // Gram-Schmidt, twice for its rounding, on vectors of size about 1.
      var rest = direction.map { $0 / scale }
      for _ in 0..<2 {
        for unit in basis {
          let shared = zip(rest, unit).reduce(0) { $0 + $1.0 * $1.1 }
          for i in rest.indices { rest[i] -= shared * unit[i] }
        }
      }
      let length = rest.reduce(0) { $0 + $1 * $1 }.squareRoot()
      guard length > 1e-9 else {
        throw error(
          .malformed, expected: "directions that are independent of each other",
          found: "axis \(axis) within those before")
      }
      basis.append(rest.map { $0 / length })
    }
  }

  private mutating func checkKinds() throws {
    for (axis, kind) in (header.kinds ?? []).enumerated() {
      guard let kind, let size = NRRDKind.sizes[kind] ?? nil, size != header.sizes[axis] else {
        continue
      }
      turn(to: .kinds)
      throw error(
        .contradiction, expected: "size \(size) for axis \(axis) of kind \(kind)",
        found: "\(header.sizes[axis])")
    }
  }
}
