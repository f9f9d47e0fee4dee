import Errors
import Files

extension NRRDHeaderParser {
  /// Reads `data file`: a name, `LIST [dimension]`, or a pattern with `min max step [dimension]`.
  ///
  /// *Source*: section 3, "Detached headers".
  mutating func parseDataFile(_ value: String) throws {
    let words = value.split { $0 == " " || $0 == "\t" }
    guard let first = words.first else {
      throw error(.malformed, expected: "a file name", found: "nothing")
    }
    if first == "LIST" {
      _ = try axes()
      guard words.count <= 2 else {
        throw error(.malformed, expected: "LIST and at most one number", found: quoted(value))
      }
      partDimension = try words.count == 2 ? partAxes(words[1]) : nil
      // The names follow in the next lines.
      header.dataFile = .names([])
    } else if let pattern = FileNamePattern(String(first)), words.count > 1 {
      _ = try axes()
      guard (4...5).contains(words.count) else {
        throw error(
          .malformed, expected: "a pattern, min, max, step and at most a dimension",
          found: quoted(value))
      }
      partDimension = try words.count == 5 ? partAxes(words[4]) : nil
      header.dataFile = .names(
        try names(
          pattern, from: integer(String(words[1]), "a number"),
          through: integer(String(words[2]), "a number"),
          by: integer(String(words[3]), "a step other than 0")))
      isMultiFile = true
    } else {
      header.dataFile = .names([value])
    }
  }

  private func partAxes(_ word: Substring) throws -> Int {
    let count = try integer(String(word), "a number of axes")
    guard (1...(try axes())).contains(count) else {
      throw error(
        .malformed, expected: "a number of axes from 1 to \(try axes())", found: "\(count)")
    }
    return count
  }

  private func names(
    _ pattern: FileNamePattern, from first: Int, through last: Int, by step: Int
  ) throws -> [String] {
    guard step != 0, first == last || (first < last) == (step > 0) else {
      throw error(
        .malformed, expected: "a step that leads from min to max",
        found: "\(first) \(last) \(step)")
    }
    let bound = Int(Int32.max)
    guard [first, last, step].allSatisfy({ abs($0 > -bound ? $0 : bound + 1) <= bound }) else {
      throw error(.malformed, expected: "numbers of 32 bits", found: "\(first) \(last) \(step)")
    }
    // Every file holds at least one sample of some axis, so `sizes` bounds their number.
    let count = (last - first) / step + 1
    guard count <= Self.mostFiles else {
      throw error(.tooLarge, expected: "at most \(Self.mostFiles) files", found: "\(count)")
    }
    return stride(from: first, through: last, by: step).map { pattern.name($0) }
  }

  /// More data files than this are a mistake or an attack.
  static var mostFiles: Int { 1 << 16 }

  /// Reads the names after `LIST`, up to an empty line or the end of the file.
  mutating func readList(_ lines: inout HeaderLines) throws {
    var names: [String] = []
    while let text = try lines.next(), !text.isEmpty {
      names.append(text)
      guard names.count <= Self.mostFiles else {
        throw error(.tooLarge, expected: "at most \(Self.mostFiles) files", found: "more")
      }
    }
    guard !names.isEmpty else {
      throw error(
        .malformed, expected: "file names in the lines after LIST", found: "none")
    }
    isMultiFile = true
    header.dataFile = .names(names)
  }

  /// Whether the number of files is what the sizes and the dimension of a part demand.
  mutating func checkFileCount() throws {
    guard isMultiFile, case .names(let names) = header.dataFile else { return }
    field = NRRDField.dataFile.rawValue
    line = header.lines[.dataFile] ?? line
    let rank = header.sizes.count
    let part = partDimension ?? max(1, rank - 1)
    if part < rank {
      let wanted = header.sizes[part...].reduce(1, *)
      guard wanted == names.count else {
        throw error(
          .contradiction,
          expected: "\(counted(wanted, "file")) of \(counted(part, "axis", plural: "axes"))",
          found: "\(names.count)")
      }
    } else {
      guard let last = header.sizes.last, last % names.count == 0 else {
        throw error(
          .contradiction,
          expected: "a number of files that divides the last size "
            + "\(header.sizes.last ?? 0)", found: "\(names.count)")
      }
    }
  }
}

/// A file name with one `%d`, `%3d` or `%03d`, as printf reads it; `%%` stands for a percent sign.
struct FileNamePattern {
  private let head: String
  private let tail: String
  private let width: Int
  private let isZeroPadded: Bool

  /// Nil where the text has no such place, or something else of printf's.
  init?(_ text: String) {
    var head = ""
    var rest = text.unicodeScalars[...]
    while let scalar = rest.popFirst() {
      guard scalar == "%" else {
        head.unicodeScalars.append(scalar)
        continue
      }
      if rest.first == "%" {
        rest.removeFirst()
        head += "%"
        continue
      }
      let digits = rest.prefix { ("0"..."9").contains($0) }
      rest = rest[digits.endIndex...]
      guard rest.first == "d" || rest.first == "u", digits.count <= 3 else { return nil }
      rest.removeFirst()
      let (tail, percents) = Self.plain(rest)
      guard percents else { return nil }
      self.head = head
      self.tail = tail
      width = Int(String(digits)) ?? 0
      isZeroPadded = digits.first == "0"
      return
    }
    return nil
  }

  private static func plain(_ rest: Substring.UnicodeScalarView) -> (String, Bool) {
    var result = ""
    var rest = rest
    while let scalar = rest.popFirst() {
      if scalar == "%" {
        guard rest.popFirst() == "%" else { return (result, false) }
      }
      result.unicodeScalars.append(scalar)
    }
    return (result, true)
  }

  /// The name with a number in its place.
  func name(_ number: Int) -> String {
    let digits = String(abs(number))
    let sign = number < 0 ? "-" : ""
    let padding = String(
      repeating: isZeroPadded ? "0" : " ", count: max(0, width - digits.count - sign.count))
    return head + (isZeroPadded ? sign + padding : padding + sign) + digits + tail
  }
}
