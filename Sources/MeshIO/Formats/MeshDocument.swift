public import Meshes
public import Volumes

/// What a mesh file holds: the parts, and what it says about them.
///
/// Whatever the file has, the meshes here are in LPS mm.
public struct MeshDocument: Sendable, Equatable {
  /// The parts, in the order of the file.
  public var parts: [MeshPart]
  /// What the file says about all of them, in its order.
  public var notes: [MeshNote]
  /// The space of the coordinates in the file, LPS or RAS; nil where the file does not say, and for
  /// what is not read from a file.
  public var space: Space?

  public init(parts: [MeshPart], notes: [MeshNote] = [], space: Space? = nil) {
    (self.parts, self.notes, self.space) = (parts, notes, space)
  }

  public init(_ mesh: TriangleMesh, named name: String = "", notes: [MeshNote] = []) {
    self.init(parts: [MeshPart(mesh, named: name)], notes: notes)
  }

  /// Triangles of all parts.
  public var triangleCount: Int { parts.reduce(0) { $0 + $1.mesh.triangles.count } }

  /// All parts as one mesh; parts share no vertex.
  public var mesh: TriangleMesh {
    guard parts.count != 1 else { return parts[0].mesh }
    return TriangleMesh(joining: parts.map(\.mesh))
  }

  /// The document with every mesh mapped.
  func transformed(by map: Affine) -> MeshDocument {
    var result = self
    for i in parts.indices { result.parts[i].mesh = parts[i].mesh.transformed(by: map) }
    return result
  }
}

/// A part of a mesh file.
public struct MeshPart: Sendable, Equatable {
  /// Its surface, in LPS mm.
  public var mesh: TriangleMesh
  /// Its name; may be empty.
  public var name: String
  /// Its colour, in formats that have one.
  public var colour: MeshColour?

  public init(_ mesh: TriangleMesh, named name: String = "", colour: MeshColour? = nil) {
    (self.mesh, self.name, self.colour) = (mesh, name, colour)
  }
}

/// A colour that a printer or a viewer shows, in sRGB.
public struct MeshColour: Hashable, Sendable {
  public var red: UInt8
  public var green: UInt8
  public var blue: UInt8

  public init(red: UInt8, green: UInt8, blue: UInt8) {
    (self.red, self.green, self.blue) = (red, green, blue)
  }

  /// The colour of implants, as in previews.
  public static let implant = MeshColour(red: 255, green: 200, blue: 40)
}

/// A note in a mesh file, such as the case's name.
public struct MeshNote: Hashable, Sendable {
  /// What is said, such as `case`. 3MF has names of its own for some: `Title`, `Description`,
  /// `Application`, ….
  public var name: String
  public var value: String

  public init(_ name: String, _ value: String) { (self.name, self.value) = (name, value) }
}
