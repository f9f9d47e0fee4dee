/// Binary STL: an 80-byte header, a triangle count, 50 bytes a triangle, all little-endian.
///
/// *Units*: mm, in LPS coordinates; the header says so, as 3D Slicer's does, because the format
/// has no field for it. *Source*: 3D Systems, StereoLithography Interface Specification, 1989.
/// Divergence: the format asks for positive coordinates, which no present reader does.
public enum STL {
  /// What the header of a written file begins with; never `solid`, by which readers tell text files.
  public static let header = "SPACE=LPS UNIT=mm"

  static let headerBytes = 80
  static let bytesPerTriangle = 50

  /// The bytes of a file of `triangles` triangles.
  public static func byteCount(triangles: Int) -> Int {
    headerBytes + 4 + triangles * bytesPerTriangle
  }
}

extension MeshFormat {
  /// Binary STL, in LPS mm.
  public static let stl = MeshFormat(
    name: "stl", endings: [".stl"],
    encode: { mesh, sink in try STL.encode(mesh, to: sink) },
    decode: { bytes in try STL.decode(bytes) })
}
