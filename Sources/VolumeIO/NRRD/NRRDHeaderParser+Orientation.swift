import Errors

extension NRRDHeaderParser {
  /// Reads a field of section 4, "Space and orientation information".
  mutating func parseOrientation(_ known: NRRDField, _ value: String) throws {
    switch known {
    case .space:
      guard let space = NRRDSpace(value) else {
        throw error(
          .malformed, expected: "a space such as left-posterior-superior, LPS, RAS or LAS",
          found: quoted(value))
      }
      try setSpaceDimension(space.dimension)
      header.space = space
    case .spaceDimension:
      let count = try integer(value, "a number from 1 to 8")
      guard (1...8).contains(count) else {
        throw error(.malformed, expected: "a number from 1 to 8", found: quoted(value))
      }
      try setSpaceDimension(count)
    case .spaceDirections:
      header.spaceDirections = try vectors(value, count: try axes())
    case .measurementFrame:
      header.measurementFrame = try vectors(value, count: try spaceDimension())
    case .spaceOrigin:
      // teem writes an unknown origin as a vector of NaN.
      header.spaceOrigin = try vectors(value, count: 1)[0]
    default:
      header.spaceUnits = try strings(value, count: try spaceDimension())
    }
  }

  /// `space` and `space dimension` exclude each other, even where they agree.
  private mutating func setSpaceDimension(_ count: Int) throws {
    guard header.spaceDimension == 0 else {
      throw error(
        .contradiction, expected: "either \"space\" or \"space dimension\"", found: "both",
        remedy: "delete \"space dimension\"")
    }
    header.spaceDimension = count
  }

  private func spaceDimension() throws -> Int {
    guard header.spaceDimension > 0 else {
      throw error(
        .missingField, expected: "\"space\" or \"space dimension\" in an earlier line",
        found: "none", remedy: "add the line \"space: left-posterior-superior\" or what is right")
    }
    return header.spaceDimension
  }

  /// Vectors such as `(1,0,0) none (0,0,1)`, each nil for `none` and for one of NaN only.
  private func vectors(_ value: String, count: Int) throws -> [[Double]?] {
    let dimension = try spaceDimension()
    var result: [[Double]?] = []
    var rest = value[...]
    while true {
      rest = rest.drop { $0 == " " || $0 == "\t" }
      if rest.isEmpty { break }
      if rest.hasPrefix("none") {
        rest = rest.dropFirst(4)
        guard rest.isEmpty || rest.first == " " || rest.first == "\t" else {
          throw error(.malformed, expected: "a blank after none", found: quoted(value))
        }
        result.append(nil)
        continue
      }
      guard rest.first == "(", let close = rest.firstIndex(of: ")") else {
        throw error(.malformed, expected: "vectors such as (1,0,0), or none", found: quoted(value))
      }
      let inside = rest[rest.index(after: rest.startIndex)..<close]
      let numbers = try inside.split(separator: ",", omittingEmptySubsequences: false)
        .map { try number($0.trimmingBlanks()) }
      guard numbers.count == dimension else {
        throw error(
          .contradiction, expected: "vectors of \(counted(dimension, "number")), as the space has",
          found: "\(numbers.count)")
      }
      let unknown = numbers.count { $0.isNaN }
      guard unknown == 0 || unknown == dimension, !numbers.contains(where: \.isInfinite) else {
        throw error(.malformed, expected: "finite numbers", found: quoted(String(inside)))
      }
      result.append(unknown == 0 ? numbers : nil)
      rest = rest[rest.index(after: close)...]
    }
    guard result.count == count else {
      throw error(.contradiction, expected: "\(count) vectors", found: "\(result.count)")
    }
    return result
  }
}
