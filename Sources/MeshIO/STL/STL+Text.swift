import Errors
import Meshes
import Volumes

extension STL {
  /// Reads a file of text: one or more solids, each a part.
  ///
  /// Words may stand on any lines, as many writers break them otherwise than the specification.
  static func decodeText(_ bytes: UnsafeRawBufferPointer) throws -> MeshDocument {
    var text = TextScanner(bytes)
    var parts: [MeshPart] = []
    var tags = PlacementTags()
    while let word = text.nextWord() {
      guard word.spells("solid") else { throw unexpected(word, "solid", text) }
      let name = text.restOfLine()
      try tags.read(name)
      parts.append(MeshPart(try solid(&text), named: partName(name)))
    }
    return try tags.placed(MeshDocument(parts: parts)).requiringFinite()
  }

  /// The facets up to `endsolid` and its name.
  private static func solid(_ text: inout TextScanner) throws -> TriangleMesh {
    var welder = VertexWelder()
    var triangles: [SIMD3<UInt32>] = []
    while true {
      let word = try next("facet or endsolid", &text)
      if word.spells("endsolid") {
        _ = text.restOfLine()
        return TriangleMesh(checkedVertices: welder.points, triangles: triangles)
      }
      guard word.spells("facet") else { throw unexpected(word, "facet or endsolid", text) }
      try require("normal", &text)
      // Not used, and some writers put `nan` there.
      for _ in 0..<3 { _ = try next("a normal", &text) }
      try require("outer", &text)
      try require("loop", &text)
      var triangle = SIMD3<UInt32>()
      for corner in 0..<3 {
        try require("vertex", &text)
        var point = SIMD3<Float>()
        for axis in 0..<3 {
          let word = try next("a coordinate", &text)
          guard let value = DecimalText.float(word) else {
            throw unexpected(word, "a finite number", text)
          }
          point[axis] = value
        }
        triangle[corner] = welder.number(of: point)
      }
      try require("endloop", &text)
      try require("endfacet", &text)
      triangles.append(triangle)
    }
  }

  private static func next(
    _ expected: String, _ text: inout TextScanner
  ) throws -> UnsafeRawBufferPointer {
    if let word = text.nextWord() { return word }
    throw Diagnostic(
      .truncated, at: text.place, field: "solid", expected: expected, found: "the end of the file",
      remedy: "export the mesh again")
  }

  private static func require(_ word: StaticString, _ text: inout TextScanner) throws {
    let found = try next("\(word)", &text)
    guard found.spells(word) else { throw unexpected(found, "\(word)", text) }
  }

  private static func unexpected(
    _ word: UnsafeRawBufferPointer, _ expected: String, _ text: TextScanner
  ) -> Diagnostic {
    Diagnostic(
      .malformed, at: text.place, field: "solid", expected: expected,
      found: quoted(UnsafeRawBufferPointer(rebasing: word.prefix(100)).text),
      remedy: "export the mesh again")
  }

  /// The name of a solid without what we write behind it.
  private static func partName(_ line: String) -> String {
    line.split(separator: " ").filter { !$0.hasPrefix("SPACE=") && !$0.hasPrefix("UNIT=") }
      .joined(separator: " ")
  }
}
