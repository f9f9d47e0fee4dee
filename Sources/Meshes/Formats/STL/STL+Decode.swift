import Errors

extension STL {
  /// Reads the bytes of a binary file; corners with equal coordinates become one vertex.
  ///
  /// The sizes are checked against the bytes there are before any memory is taken. Normals and
  /// attribute bytes are skipped: the corners' order says what is outside.
  ///
  /// - Throws: `Diagnostic` for a text file, a count that the bytes contradict, or a coordinate that
  ///   is not finite.
  /// - Complexity: O(triangles) expected; beyond the result about 40 bytes a vertex.
  public static func decode(_ bytes: UnsafeRawBufferPointer) throws -> TriangleMesh {
    let count = try triangleCount(of: bytes)
    var triangles: [SIMD3<UInt32>] = []
    triangles.reserveCapacity(count)
    var vertices: [SIMD3<Float>] = []
    var numbers: [SIMD3<UInt32>: UInt32] = [:]
    for t in 0..<count {
      var triangle = SIMD3<UInt32>()
      for corner in 0..<3 {
        let offset = headerBytes + 4 + t * bytesPerTriangle + 12 + corner * 12
        var bits = SIMD3<UInt32>()
        for axis in 0..<3 {
          let word = bytes.loadUnaligned(fromByteOffset: offset + axis * 4, as: UInt32.self)
          // Adding zero makes −0 and 0 one coordinate.
          let value = Float(bitPattern: UInt32(littleEndian: word)) + 0
          guard value.isFinite else {
            throw Diagnostic(
              .malformed, field: "triangle \(t) corner \(corner)", expected: "finite coordinates",
              found: "\(value)", remedy: "export the mesh again")
          }
          bits[axis] = value.bitPattern
        }
        if let number = numbers[bits] {
          triangle[corner] = number
        } else {
          triangle[corner] = UInt32(vertices.count)
          numbers[bits] = triangle[corner]
          vertices.append(
            SIMD3(
              Float(bitPattern: bits.x), Float(bitPattern: bits.y), Float(bitPattern: bits.z)))
        }
      }
      triangles.append(triangle)
    }
    return TriangleMesh(checkedVertices: vertices, triangles: triangles)
  }

  /// Reads the bytes of a binary file; see ``decode(_:)-(UnsafeRawBufferPointer)``.
  public static func decode(_ bytes: [UInt8]) throws -> TriangleMesh {
    try bytes.withUnsafeBytes { try decode($0) }
  }

  /// The count in the header, checked against the number of bytes.
  private static func triangleCount(of bytes: UnsafeRawBufferPointer) throws -> Int {
    // Some writers begin binary headers with `solid`, so the size decides before the word does.
    let isText = bytes.starts(with: "solid".utf8)
    let text = Diagnostic(
      .unsupported, field: "header", expected: "binary STL", found: "text (solid …)",
      remedy: "export the mesh as binary STL")
    guard bytes.count >= headerBytes + 4 else {
      if isText { throw text }
      throw Diagnostic(
        .truncated, field: "file size", expected: "at least \(headerBytes + 4) bytes",
        found: "\(bytes.count)", remedy: "export the mesh again")
    }
    let count = UInt32(
      littleEndian: bytes.loadUnaligned(fromByteOffset: headerBytes, as: UInt32.self))
    let needed = byteCount(triangles: Int(count))
    guard bytes.count == needed else {
      if isText { throw text }
      throw Diagnostic(
        bytes.count < needed ? .truncated : .malformed, field: "triangle count",
        expected: "\(counted(needed, "byte")) for \(counted(Int(count), "triangle"))",
        found: "\(bytes.count)",
        remedy: "export the mesh again")
    }
    return Int(count)
  }
}
