import Errors
import Meshes
import Volumes

/// The objects of a 3MF model, and which of them are built where.
struct ThreeMFObjects {
  /// An object: a mesh, or others put together.
  struct Object {
    var id: Int
    var name = ""
    var colour: MeshColour?
    var hasMesh = false
    var vertices: [SIMD3<Float>] = []
    var triangles: [SIMD3<UInt32>] = []
    var components: [Instance] = []

    init(id: Int) { self.id = id }
  }

  /// An object at a place; nil: where its own coordinates say.
  struct Instance {
    var object: Int
    var map: Affine?
  }

  /// Base materials by the number of their group.
  var colours: [Int: [MeshColour?]] = [:]
  var items: [Instance] = []
  private var objects: [Int: Object] = [:]
  private var triangleCount = 0

  /// How often an object may be used: objects of objects could double with each.
  private static let mostInstances = 4096
  private static let mostDepth = 32

  /// Adds an object that is complete.
  mutating func add(_ object: Object) throws(Diagnostic) {
    for t in object.triangles where Int(t.max()) >= object.vertices.count {
      throw Self.malformed(
        "object \(object.id)", "vertices 0 to \(object.vertices.count - 1)", found: "\(t.max())")
    }
    // What an object refers to stands before it, so that there are no circles.
    for component in object.components where objects[component.object] == nil {
      throw Self.malformed(
        "object \(object.id)", "components that stand before it",
        found: "object \(component.object)")
    }
    guard objects.updateValue(object, forKey: object.id) == nil else {
      throw Self.malformed("object \(object.id)", "every number once", found: "it twice")
    }
    triangleCount += object.triangles.count
  }

  /// A part for each item of the build.
  ///
  /// - Throws: `Diagnostic` for an item without its object, and where objects of objects multiply.
  func parts() throws(Diagnostic) -> [MeshPart] {
    var parts: [MeshPart] = []
    var instances = 0
    var triangles = 0
    for item in items {
      var meshes: [TriangleMesh] = []
      let object = try collect(item, [], &meshes, &instances, &triangles)
      let mesh = meshes.count == 1 ? meshes[0] : TriangleMesh(joining: meshes)
      parts.append(MeshPart(mesh, named: object.name, colour: object.colour))
    }
    guard !items.isEmpty || objects.isEmpty else {
      throw Self.malformed("build", "an item", found: "none")
    }
    return parts
  }

  /// Appends the meshes of an instance, mapped by what it is in.
  @discardableResult
  private func collect(
    _ instance: Instance, _ maps: [Affine], _ meshes: inout [TriangleMesh], _ instances: inout Int,
    _ triangles: inout Int
  ) throws(Diagnostic) -> Object {
    guard let object = objects[instance.object] else {
      throw Self.malformed("objectid", "an object of the model", found: "\(instance.object)")
    }
    instances += 1
    triangles += object.triangles.count
    // Eight million triangles, or as many as the file has itself.
    guard instances <= Self.mostInstances, maps.count < Self.mostDepth,
      triangles <= max(triangleCount, min(1 << 23, 64 * triangleCount))
    else {
      throw Diagnostic(
        .tooLarge, field: "components",
        expected: "at most \(Self.mostInstances) uses of objects, 64 of each triangle",
        found: "more", remedy: "export the mesh as one object")
    }
    let maps = instance.map.map { [$0] + maps } ?? maps
    if object.hasMesh {
      var mesh = TriangleMesh(checkedVertices: object.vertices, triangles: object.triangles)
      // The innermost first, as numbers are rounded then.
      if let first = maps.first {
        mesh = mesh.transformed(by: maps.dropFirst().reduce(first) { $1 * $0 })
      }
      meshes.append(mesh)
    }
    for component in object.components {
      try collect(component, maps, &meshes, &instances, &triangles)
    }
    return object
  }

  private static func malformed(_ field: String, _ expected: String, found: String) -> Diagnostic {
    Diagnostic(
      .malformed, field: field, expected: expected, found: found, remedy: "export the mesh again")
  }
}
