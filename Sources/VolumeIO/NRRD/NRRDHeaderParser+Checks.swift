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
      header.warnings.append(
        "\(path):\(header.lines[.units] ?? line): units: axis \(axis) has a direction, so its unit "
          + "\(quoted(unit)) has no meaning")
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
