import Errors

extension STL {
  /// The mesh as the bytes of a file.
  ///
  /// - Throws: `Diagnostic` for more than 2³² − 1 triangles.
  public static func encode(_ mesh: TriangleMesh) throws -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(byteCount(triangles: mesh.triangles.count))
    try encode(mesh) { bytes.append(contentsOf: $0) }
    return bytes
  }

  /// Hands the bytes of a file to `sink`, in order, in blocks of at most 100 kB.
  ///
  /// Normals are computed from the corners; a triangle without area gets (0, 0, 0), which the
  /// format lets readers fill in.
  ///
  /// - Throws: `Diagnostic` for more than 2³² − 1 triangles, and what `sink` throws.
  /// - Complexity: one pass over the triangles, 100 kB.
  public static func encode(
    _ mesh: TriangleMesh, to sink: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    guard let count = UInt32(exactly: mesh.triangles.count) else {
      throw Diagnostic(
        .tooLarge, field: "triangle count", expected: "at most \(UInt32.max)",
        found: "\(mesh.triangles.count)", remedy: "decimate the mesh")
    }
    var head = [UInt8](header.utf8)
    head += [UInt8](repeating: UInt8(ascii: " "), count: headerBytes - head.count)
    withUnsafeBytes(of: count.littleEndian) { head += $0 }
    try head.withUnsafeBytes(sink)

    let perBlock = 2000
    try withUnsafeTemporaryAllocation(
      byteCount: perBlock * bytesPerTriangle, alignment: 16
    ) { block in
      var first = 0
      while first < mesh.triangles.count {
        let last = min(first + perBlock, mesh.triangles.count)
        mesh.vertices.withUnsafeBufferPointer { vertices in
          mesh.triangles.withUnsafeBufferPointer { triangles in
            for t in first..<last {
              let corners = triangles[t]
              write(
                vertices[Int(corners.x)], vertices[Int(corners.y)], vertices[Int(corners.z)],
                into: block.baseAddress! + (t - first) * bytesPerTriangle)
            }
          }
        }
        try sink(UnsafeRawBufferPointer(rebasing: block[..<((last - first) * bytesPerTriangle)]))
        first = last
      }
    }
  }

  /// One triangle: normal, three corners, no attributes.
  @inline(__always)
  private static func write(
    _ a: SIMD3<Float>, _ b: SIMD3<Float>, _ c: SIMD3<Float>, into bytes: UnsafeMutableRawPointer
  ) {
    store(normal(a, b, c), into: bytes)
    store(a, into: bytes + 12)
    store(b, into: bytes + 24)
    store(c, into: bytes + 36)
    bytes.storeBytes(of: 0, toByteOffset: 48, as: UInt16.self)
  }

  @inline(__always)
  private static func store(_ v: SIMD3<Float>, into bytes: UnsafeMutableRawPointer) {
    for axis in 0..<3 {
      bytes.storeBytes(
        of: v[axis].bitPattern.littleEndian, toByteOffset: axis * 4, as: UInt32.self)
    }
  }

  @inline(__always)
  private static func normal(
    _ a: SIMD3<Float>, _ b: SIMD3<Float>, _ c: SIMD3<Float>
  ) -> SIMD3<Float> {
    let (u, v) = (b - a, c - a)
    let n = SIMD3(u.y * v.z - u.z * v.y, u.z * v.x - u.x * v.z, u.x * v.y - u.y * v.x)
    let length = (n * n).sum().squareRoot()
    return length > 0 ? n / length : .zero
  }
}
