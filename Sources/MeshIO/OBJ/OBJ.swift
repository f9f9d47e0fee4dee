import Errors
import Meshes
import Volumes

/// Wavefront OBJ: vertices and faces as text. Of it, shape and object names are read and written; no
/// normals, textures, materials or curves.
///
/// *Source*: Wavefront, Advanced Visualizer, appendix B1. A comment says `SPACE=LPS UNIT=mm`.
enum OBJ {
  static func encode(
    _ document: MeshDocument, _ options: MeshWriteOptions,
    to sink: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    try withoutActuallyEscaping(sink) { sink in
      var text = ByteGatherer(to: sink)
      try text.append("# \(PlacementTags.text(options))\n")
      for note in document.notes {
        try text.append("# \(oneLine(note.name)): \(oneLine(note.value))\n")
      }
      var first = 1
      for part in options.placed(document).parts {
        let name = oneLine(part.name)
        if !name.isEmpty || document.parts.count > 1 {
          try text.append("o \(name.isEmpty ? "part" : name)\n")
        }
        for v in part.mesh.vertices { try text.append("v ", v, " ", " ", "\n") }
        for t in part.mesh.triangles {
          let corners = SIMD3<Int>(truncatingIfNeeded: t) &+ SIMD3(repeating: first)
          try text.append("f ", corners, " ", " ", "\n")
        }
        first += part.mesh.vertices.count
      }
      try text.flush()
    }
  }

  /// Reads a file; faces of more than three corners become fans of triangles, objects become parts.
  ///
  /// - Throws: `Diagnostic` for what is no number, and for a corner that names no vertex.
  /// - Complexity: O(bytes).
  static func decode(_ bytes: UnsafeRawBufferPointer) throws -> MeshDocument {
    var reader = OBJReader(bytes)
    return try reader.document()
  }
}

extension MeshFormat {
  /// Wavefront OBJ.
  public static let obj = MeshFormat(
    name: "obj", endings: [".obj"],
    encode: { document, options, sink in try OBJ.encode(document, options, to: sink) },
    decode: { bytes in try OBJ.decode(bytes) })
}

/// One reading of an OBJ file.
private struct OBJReader {
  private var text: TextScanner
  private var line = 0
  private var tags = PlacementTags()
  private var points: [SIMD3<Float>] = []
  private var triangles: [SIMD3<UInt32>] = []
  private var name = ""
  private var parts: [MeshPart] = []
  /// Numbers of the points in the part under way, so that it gets only its own.
  private var numbers: [UInt32: UInt32] = [:]

  init(_ bytes: UnsafeRawBufferPointer) { text = TextScanner(bytes) }

  mutating func document() throws -> MeshDocument {
    while true {
      line = text.line
      guard let bytes = text.nextLine() else { break }
      var words = TextScanner(bytes)
      guard let first = words.nextWord() else { continue }
      if first[0] == UInt8(ascii: "#") {
        if bytes.count < 4096 { try tags.read(bytes.text) }
      } else if first.spells("v"), first.count == 1 {
        points.append(try point(&words))
      } else if first.spells("f") {
        try face(&words)
      } else if first.spells("o") {
        finishPart()
        name = words.restOfLine()
        if name.hasPrefix(" ") { name.removeFirst() }
      } else if isUnknown(first) {
        throw malformed("v, f, o or another statement of OBJ", found: first)
      }
    }
    finishPart()
    guard !parts.isEmpty || !points.isEmpty else {
      throw Diagnostic(
        .malformed, field: "file", expected: "vertices and faces", found: "none",
        remedy: "check that this is an OBJ file")
    }
    return try tags.placed(MeshDocument(parts: parts)).requiringFinite()
  }

  /// A statement that is not of OBJ: then the file is something else.
  private func isUnknown(_ word: UnsafeRawBufferPointer) -> Bool {
    word.count > 16
      || word.contains { $0 > 0x7e || !($0 == 0x5f || ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7a)) }
  }

  private func point(_ words: inout TextScanner) throws -> SIMD3<Float> {
    var point = SIMD3<Float>()
    for axis in 0..<3 {
      guard let word = words.nextWord(), let value = DecimalText.float(word) else {
        throw malformed("three finite coordinates", found: text.bytes, isLine: true)
      }
      point[axis] = value
    }
    return point
  }

  private mutating func face(_ words: inout TextScanner) throws {
    var first: UInt32?
    var last: UInt32?
    var corners = 0
    while let word = words.nextWord() {
      if word[0] == UInt8(ascii: "#") { break }
      let corner = try corner(word)
      corners += 1
      if let first, let last {
        triangles.append(SIMD3(first, last, corner))
      }
      if first == nil { first = corner } else { last = corner }
    }
    guard corners >= 3 else {
      throw Diagnostic(
        .malformed, at: Place(line: line), field: "f", expected: "three corners or more",
        found: "\(corners)", remedy: "export the mesh again")
    }
  }

  /// The number of a corner such as `3`, `3/1/2` or `-1`, in the part under way.
  private mutating func corner(_ word: UnsafeRawBufferPointer) throws -> UInt32 {
    let digits = word.prefix { $0 != UInt8(ascii: "/") }
    guard let stated = DecimalText.integer(UnsafeRawBufferPointer(rebasing: digits)) else {
      throw malformed("the number of a vertex", found: word)
    }
    let index = stated < 0 ? points.count + stated : stated - 1
    guard index >= 0, index < points.count else {
      throw Diagnostic(
        .malformed, at: Place(line: line), field: "f",
        expected: "vertices 1 to \(points.count), which are there by now", found: "\(stated)",
        remedy: "export the mesh again")
    }
    return UInt32(index)
  }

  /// Makes the triangles since the last part a part with the points that they use.
  private mutating func finishPart() {
    guard !triangles.isEmpty else { return }
    // The usual case, one object, keeps the points as they are.
    if parts.isEmpty, text.isAtEnd {
      parts.append(
        MeshPart(TriangleMesh(checkedVertices: points, triangles: triangles), named: name))
      return
    }
    numbers.removeAll(keepingCapacity: true)
    var own: [SIMD3<Float>] = []
    for t in triangles.indices {
      for corner in 0..<3 {
        let index = triangles[t][corner]
        if let number = numbers[index] {
          triangles[t][corner] = number
        } else {
          numbers[index] = UInt32(own.count)
          triangles[t][corner] = UInt32(own.count)
          own.append(points[Int(index)])
        }
      }
    }
    parts.append(MeshPart(TriangleMesh(checkedVertices: own, triangles: triangles), named: name))
    triangles = []
  }

  private func malformed(
    _ expected: String, found: UnsafeRawBufferPointer, isLine: Bool = false
  ) -> Diagnostic {
    Diagnostic(
      .malformed, at: Place(line: line), field: isLine ? "v" : "line", expected: expected,
      found: isLine
        ? "something else" : quoted(UnsafeRawBufferPointer(rebasing: found.prefix(100)).text),
      remedy: "check that this is an OBJ file, or export the mesh again")
  }
}
