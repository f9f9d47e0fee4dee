public import Meshes

/// STL: triangles without shared vertices, binary (an 80-byte header, a count, 50 bytes a triangle, all
/// little-endian) or as text.
///
/// The format has no field for unit and space: the header, or the line that names a solid, says
/// `SPACE=LPS UNIT=mm`, as 3D Slicer's does. *Source*: 3D Systems, StereoLithography Interface
/// Specification, 1989. Divergence: the format asks for positive coordinates, which no present reader
/// does.
public enum STL {
  static let headerBytes = 80
  static let bytesPerTriangle = 50

  /// The bytes of a binary file of `triangles` triangles.
  public static func byteCount(triangles: Int) -> Int {
    headerBytes + 4 + triangles * bytesPerTriangle
  }

  /// Reads the bytes of a file as one mesh, see ``decode(_:)-(UnsafeRawBufferPointer)``.
  public static func decode(_ bytes: [UInt8]) throws -> TriangleMesh {
    try bytes.withUnsafeBytes { try decode($0) }.mesh
  }

  /// The mesh as the bytes of a binary file.
  public static func encode(_ mesh: TriangleMesh) throws -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(byteCount(triangles: mesh.triangles.count))
    try encode(MeshDocument(mesh), MeshWriteOptions()) { bytes.append(contentsOf: $0) }
    return bytes
  }
}

extension MeshFormat {
  /// STL, binary or as text.
  public static let stl = MeshFormat(
    name: "stl", endings: [".stl"], forms: [.binary, .ascii], holdsNotes: false,
    encode: { document, options, sink in
      if options.form == .ascii {
        try STL.encodeText(document, options, to: sink)
      } else {
        try STL.encode(document, options, to: sink)
      }
    },
    decode: { bytes in try STL.decode(bytes) })
}
