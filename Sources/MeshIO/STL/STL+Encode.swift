import Errors
import Meshes
import Volumes

extension STL {
  /// Hands the bytes of a binary file to `sink`, in order, in blocks of at most 100 kB; several parts
  /// become one.
  ///
  /// Normals are computed from the corners; a triangle without area gets (0, 0, 0), which the
  /// format lets readers fill in.
  ///
  /// - Throws: `Diagnostic` for more than 2³² − 1 triangles, and what `sink` throws.
  /// - Complexity: one pass over the triangles, 100 kB.
  static func encode(
    _ document: MeshDocument, _ options: MeshWriteOptions,
    to sink: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let mesh = options.placed(document).mesh
    guard let count = UInt32(exactly: mesh.triangles.count) else {
      throw Diagnostic(
        .tooLarge, field: "triangle count", expected: "at most \(UInt32.max)",
        found: "\(mesh.triangles.count)", remedy: "decimate the mesh")
    }
    // Never `solid`, by which readers tell text files.
    var head = [UInt8](PlacementTags.text(options).utf8)
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

  /// Hands a file of text to `sink`, one solid a part.
  static func encodeText(
    _ document: MeshDocument, _ options: MeshWriteOptions,
    to sink: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    try withoutActuallyEscaping(sink) { sink in
      var text = ByteGatherer(to: sink)
      for part in options.placed(document).parts {
        let name = oneLine(part.name.isEmpty ? "part" : part.name)
        try text.append("solid \(name) \(PlacementTags.text(options))\n")
        let vertices = part.mesh.vertices
        for t in part.mesh.triangles {
          let corners = (vertices[Int(t.x)], vertices[Int(t.y)], vertices[Int(t.z)])
          let n = normal(corners.0, corners.1, corners.2)
          try text.append("facet normal ", n, " ", " ", "\nouter loop\n")
          for corner in [corners.0, corners.1, corners.2] {
            try text.append("vertex ", corner, " ", " ", "\n")
          }
          try text.append("endloop\nendfacet\n")
        }
        try text.append("endsolid \(name)\n")
      }
      try text.flush()
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
    return length > 0 && length.isFinite ? n / length : .zero
  }
}
