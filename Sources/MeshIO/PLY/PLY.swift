import Errors
import Meshes
import Volumes

/// PLY, the Stanford polygon format: little-endian, big-endian or text. Of it, vertices and faces are
/// read and written; other elements and properties are skipped.
///
/// *Source*: Turk, The PLY Polygon File Format, 1994. A comment says `SPACE=LPS UNIT=mm`.
enum PLY {
  /// How the values are stored.
  enum Storage: String {
    case ascii
    case littleEndian = "binary_little_endian"
    case bigEndian = "binary_big_endian"
  }

  /// Hands the bytes of a file to `sink`; several parts become one.
  static func encode(
    _ document: MeshDocument, _ options: MeshWriteOptions,
    to sink: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let mesh = options.placed(document).mesh
    guard mesh.vertices.count <= Int(Int32.max) else {
      throw Diagnostic(
        .tooLarge, field: "vertices", expected: "at most \(Int32.max)",
        found: "\(mesh.vertices.count)", remedy: "decimate the mesh")
    }
    let storage: Storage =
      switch options.form {
      case .binary: .littleEndian
      case .binaryBigEndian: .bigEndian
      case .ascii: .ascii
      }
    try withoutActuallyEscaping(sink) { sink in
      var file = ByteGatherer(to: sink)
      try file.append(
        "ply\nformat \(storage.rawValue) 1.0\ncomment \(PlacementTags.text(options))\n")
      for note in document.notes {
        try file.append("comment \(oneLine(note.name)): \(oneLine(note.value))\n")
      }
      try file.append("element vertex \(mesh.vertices.count)\n")
      for axis in ["x", "y", "z"] { try file.append("property float \(axis)\n") }
      try file.append("element face \(mesh.triangles.count)\n")
      try file.append("property list uchar int vertex_indices\nend_header\n")
      if storage == .ascii {
        for v in mesh.vertices { try file.append("", v, " ", " ", "\n") }
        for t in mesh.triangles {
          try file.append("3 ", SIMD3<Int>(truncatingIfNeeded: t), " ", " ", "\n")
        }
      } else {
        let isBig = storage == .bigEndian
        for v in mesh.vertices {
          for axis in 0..<3 { try file.append(v[axis].bitPattern, bigEndian: isBig) }
        }
        for t in mesh.triangles {
          try file.append(CollectionOfOne(UInt8(3)))
          for corner in 0..<3 { try file.append(t[corner], bigEndian: isBig) }
        }
      }
      try file.flush()
    }
  }

  /// Reads a file; faces of more than three corners become fans of triangles.
  ///
  /// - Throws: `Diagnostic` for counts that the bytes contradict, numbers that are not finite, and
  ///   corners that name no vertex.
  /// - Complexity: O(bytes).
  static func decode(_ bytes: UnsafeRawBufferPointer) throws -> MeshDocument {
    let header = try PLYHeader(bytes)
    var values = PLYValues(bytes, header)
    var points: [SIMD3<Float>]?
    var triangles: [SIMD3<UInt32>]?
    for element in header.elements {
      try values.requireRoom(for: element)
      switch element.name {
      case "vertex" where points == nil: points = try vertices(element, &values)
      case "face" where triangles == nil: triangles = try faces(element, &values)
      default: try values.skip(element)
      }
    }
    guard let points, let triangles else {
      throw Diagnostic(
        .missingField, field: "element", expected: "elements vertex and face",
        found: header.elements.map(\.name).joined(separator: ", "),
        remedy: "export a mesh, not points or strips")
    }
    for t in triangles where Int(t.max()) >= points.count {
      throw Diagnostic(
        .malformed, field: "vertex_indices", expected: "vertices 0 to \(points.count - 1)",
        found: "\(t.max())", remedy: "export the mesh again")
    }
    let mesh = TriangleMesh(checkedVertices: points, triangles: triangles)
    return try header.tags.placed(MeshDocument(mesh)).requiringFinite()
  }

  private static func vertices(
    _ element: PLYHeader.Element, _ values: inout PLYValues
  ) throws -> [SIMD3<Float>] {
    var axes = [Int?](repeating: nil, count: element.properties.count)
    for (axis, name) in ["x", "y", "z"].enumerated() {
      guard
        let place = element.properties.firstIndex(where: { $0.name == name && $0.count == nil })
      else {
        throw Diagnostic(
          .missingField, field: "element vertex", expected: "a property \(name)", found: "none",
          remedy: "export the mesh again")
      }
      axes[place] = axis
    }
    var points: [SIMD3<Float>] = []
    points.reserveCapacity(element.count)
    for row in 0..<element.count {
      var point = SIMD3<Float>()
      for (place, property) in element.properties.enumerated() {
        guard let axis = axes[place] else {
          try values.skip(property)
          continue
        }
        let value = Float(try values.number(property.type))
        guard value.isFinite else {
          throw Diagnostic(
            .malformed, field: "vertex \(row)", expected: "finite coordinates", found: "\(value)",
            remedy: "export the mesh again")
        }
        point[axis] = value
      }
      points.append(point)
    }
    return points
  }

  private static func faces(
    _ element: PLYHeader.Element, _ values: inout PLYValues
  ) throws -> [SIMD3<UInt32>] {
    let list = element.properties.firstIndex {
      ($0.name == "vertex_indices" || $0.name == "vertex_index") && $0.count != nil
        && $0.type.isInteger
    }
    guard let list else {
      throw Diagnostic(
        .missingField, field: "element face", expected: "a list of whole numbers, vertex_indices",
        found: "none", remedy: "export the mesh again")
    }
    var triangles: [SIMD3<UInt32>] = []
    triangles.reserveCapacity(element.count)
    for row in 0..<element.count {
      for (place, property) in element.properties.enumerated() {
        guard place == list, let type = property.count else {
          try values.skip(property)
          continue
        }
        let count = try values.listCount(type)
        guard count >= 3 else {
          throw Diagnostic(
            .malformed, field: "face \(row)", expected: "three corners or more", found: "\(count)",
            remedy: "export the mesh again")
        }
        let first = try values.index(property.type)
        var last = try values.index(property.type)
        for _ in 2..<count {
          let corner = try values.index(property.type)
          triangles.append(SIMD3(first, last, corner))
          last = corner
        }
      }
    }
    return triangles
  }
}

extension MeshFormat {
  /// PLY, binary or as text.
  public static let ply = MeshFormat(
    name: "ply", endings: [".ply"], forms: [.binary, .binaryBigEndian, .ascii],
    encode: { document, options, sink in try PLY.encode(document, options, to: sink) },
    decode: { bytes in try PLY.decode(bytes) })
}
