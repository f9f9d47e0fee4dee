import Errors
import Meshes
import Volumes

extension STL {
  /// Reads the bytes of a file, binary or text; corners with equal coordinates become one vertex.
  ///
  /// The sizes are checked against the bytes there are before any memory is taken. Normals and
  /// attribute bytes are skipped: the corners' order says what is outside.
  ///
  /// - Throws: `Diagnostic` for a count that the bytes contradict, text that is no STL, or a coordinate
  ///   that is not finite.
  /// - Complexity: O(triangles) expected; beyond the result about 24 bytes a vertex.
  public static func decode(_ bytes: UnsafeRawBufferPointer) throws -> MeshDocument {
    // Some writers begin binary headers with `solid`, so the size decides before the word does.
    if bytes.starts(with: "solid".utf8), !hasSizeOfBinary(bytes) { return try decodeText(bytes) }
    let count = try triangleCount(of: bytes)
    var tags = PlacementTags()
    let header = bytes[..<headerBytes].prefix { $0 != 0 }
    try tags.read(String(decoding: header, as: UTF8.self))
    var triangles: [SIMD3<UInt32>] = []
    triangles.reserveCapacity(count)
    var welder = VertexWelder(expecting: count / 2)
    for t in 0..<count {
      var triangle = SIMD3<UInt32>()
      for corner in 0..<3 {
        let offset = headerBytes + 4 + t * bytesPerTriangle + 12 + corner * 12
        var point = SIMD3<Float>()
        for axis in 0..<3 {
          let word = bytes.loadUnaligned(fromByteOffset: offset + axis * 4, as: UInt32.self)
          point[axis] = Float(bitPattern: UInt32(littleEndian: word))
        }
        guard point - point == .zero else {
          throw Diagnostic(
            .malformed, field: "triangle \(t) corner \(corner)", expected: "finite coordinates",
            found: "\(point.x) \(point.y) \(point.z)", remedy: "export the mesh again")
        }
        triangle[corner] = welder.number(of: point)
      }
      triangles.append(triangle)
    }
    let mesh = TriangleMesh(checkedVertices: welder.points, triangles: triangles)
    return try tags.placed(MeshDocument(mesh)).requiringFinite()
  }

  private static func hasSizeOfBinary(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count >= headerBytes + 4 else { return false }
    let count = bytes.loadUnaligned(fromByteOffset: headerBytes, as: UInt32.self)
    return bytes.count == byteCount(triangles: Int(UInt32(littleEndian: count)))
  }

  /// The count in the header, checked against the number of bytes.
  private static func triangleCount(of bytes: UnsafeRawBufferPointer) throws -> Int {
    guard bytes.count >= headerBytes + 4 else {
      throw Diagnostic(
        .truncated, field: "file size", expected: "at least \(headerBytes + 4) bytes",
        found: "\(bytes.count)", remedy: "export the mesh again")
    }
    let count = UInt32(
      littleEndian: bytes.loadUnaligned(fromByteOffset: headerBytes, as: UInt32.self))
    let needed = byteCount(triangles: Int(count))
    guard bytes.count == needed else {
      throw Diagnostic(
        bytes.count < needed ? .truncated : .malformed, field: "triangle count",
        expected: "\(counted(needed, "byte")) for \(counted(Int(count), "triangle"))",
        found: "\(bytes.count)",
        remedy: "export the mesh again")
    }
    return Int(count)
  }
}
