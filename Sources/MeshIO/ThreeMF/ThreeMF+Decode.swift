import Errors
import Meshes
import Volumes

extension ThreeMF {
  /// Reads the bytes of a package: a part for each object that its build names, in mm.
  ///
  /// - Throws: `Diagnostic` for what is no package, parts that are larger than the file justifies, XML
  ///   with a document type, relationships that leave the package, numbers that are not finite, and
  ///   corners that name no vertex.
  /// - Complexity: O(bytes of the model); memory of the meshes and 64 kB.
  static func decode(_ bytes: UnsafeRawBufferPointer) throws -> MeshDocument {
    let archive = try ZipReader(bytes)
    let relations = RelationsHandler()
    try parse("_rels/.rels", of: archive, relations)
    let model = ModelHandler()
    try parse(try relations.modelPart(), of: archive, model)
    return try model.document()
  }

  private static func parse(
    _ part: String, of archive: ZipReader, _ handler: any XMLHandler
  ) throws {
    let reader = XMLReader(handler)
    do {
      try archive.read(part) { try reader.feed($0) }
      try reader.feed(UnsafeRawBufferPointer(start: nil, count: 0), isLast: true)
    } catch {
      var error = Diagnostic(error)
      if !error.field.hasPrefix("part") { error.field = "\(part): \(error.field)" }
      throw error
    }
  }
}

/// Finds the model that a package begins with.
private final class RelationsHandler: XMLHandler {
  private static let relationship =
    "http://schemas.openxmlformats.org/package/2006/relationships|Relationship"
  private var target: String?
  private var isExternal = false

  func start(_ name: UnsafePointer<CChar>, _ attributes: XMLAttributes) {
    guard target == nil, String(cString: name) == Self.relationship,
      attributes["Type"] == ThreeMF.modelRelationship
    else { return }
    target = attributes["Target"] ?? ""
    isExternal = attributes["TargetMode"] == "External"
  }
  func end(_ name: UnsafePointer<CChar>) {}
  func text(_ bytes: UnsafeRawBufferPointer) {}
  func declare(prefix: String, namespace: String) {}

  /// The name of the model's entry.
  func modelPart() throws(Diagnostic) -> String {
    guard let target else {
      throw Diagnostic(
        .missingField, field: "_rels/.rels", expected: "a relationship to a 3D model",
        found: "none",
        remedy: "check that this is a 3MF file")
    }
    let path = target.hasPrefix("/") ? String(target.dropFirst()) : target
    let steps = path.split(separator: "/", omittingEmptySubsequences: false)
    let leaves = steps.contains { $0.isEmpty || $0 == "." || $0 == ".." } || path.contains("\\")
    guard !isExternal, !leaves, !path.contains(":"), !path.contains("%"), path.utf8.count < 1024
    else {
      throw Diagnostic(
        .malformed, field: "_rels/.rels", expected: "a model inside of the package",
        found: quoted(target), remedy: "export the mesh again")
    }
    return path
  }
}
