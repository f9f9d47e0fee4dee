import Errors
import Meshes
import Volumes
import Glibc

/// Takes the elements of a 3MF model as they come.
final class ModelHandler: XMLHandler {
  private var objects = ThreeMFObjects()
  private var notes: [MeshNote] = []
  private var tags = PlacementTags()
  private var namespaces: [String: String] = [:]

  /// The object under way.
  private var object: ThreeMFObjects.Object?
  private var colours: [MeshColour?] = []
  private var colourGroup = 0
  /// The name of the note under way, and its text so far.
  private var noteName: String?
  private var noteText: [UInt8] = []
  private var hasModel = false

  private static let longestNotes = 1 << 16
  private static let separator = UInt8(ascii: "|")
  private static let core = ThreeMF.core + "|"

  func declare(prefix: String, namespace: String) {
    if namespaces.count < 64 { namespaces[prefix] = namespace }
  }

  func start(_ name: UnsafePointer<CChar>, _ attributes: XMLAttributes) throws(Diagnostic) {
    // Elements of extensions are passed over.
    guard let local = Self.coreName(name) else { return }
    // The two that come by the hundred thousand first.
    if strcmp(local, "triangle") == 0 {
      let corners = SIMD3(
        try index("v1", attributes), try index("v2", attributes), try index("v3", attributes))
      try requireMesh()
      object!.triangles.append(corners)
      return
    }
    if strcmp(local, "vertex") == 0 {
      let point = SIMD3(
        try coordinate("x", attributes), try coordinate("y", attributes),
        try coordinate("z", attributes))
      try requireMesh()
      object!.vertices.append(point)
      return
    }
    switch String(cString: local) {
    case "model": try startModel(attributes)
    case "metadata":
      guard object == nil, let name = attributes["name"] else { break }
      (noteName, noteText) = (name, [])
    case "basematerials": colourGroup = try identifier("id", attributes)
    case "base":
      objects.colours[colourGroup, default: []].append(
        attributes["displaycolor"].flatMap(Self.colour))
    case "object": try startObject(attributes)
    case "mesh":
      guard object?.hasMesh == false, object?.components.isEmpty == true else {
        throw malformed("mesh", "one mesh in an object", found: "another")
      }
      object?.hasMesh = true
    case "component":
      guard object?.hasMesh == false else {
        throw malformed("component", "components in an object without a mesh", found: "others")
      }
      object?.components.append(try instance(attributes))
    case "item": objects.items.append(try instance(attributes))
    default: break
    }
  }

  func end(_ name: UnsafePointer<CChar>) throws(Diagnostic) {
    guard let local = Self.coreName(name) else { return }
    if strcmp(local, "vertex") == 0 || strcmp(local, "triangle") == 0 { return }
    switch String(cString: local) {
    case "metadata": try endNote()
    case "object":
      if let object { try objects.add(object) }
      object = nil
    default: break
    }
  }

  func text(_ bytes: UnsafeRawBufferPointer) throws(Diagnostic) {
    guard noteName != nil else { return }
    noteText += bytes
    let total = notes.reduce(noteText.count) { $0 + $1.value.utf8.count }
    guard total <= Self.longestNotes else {
      throw Diagnostic(
        .tooLarge, field: "metadata", expected: "at most \(Self.longestNotes) bytes of it",
        found: "more", remedy: "export the mesh again")
    }
  }

  /// What was read, once all of it was.
  func document() throws -> MeshDocument {
    guard hasModel else { throw malformed("model", "a model of 3MF", found: "other XML") }
    let parts = try objects.parts()
    return try tags.placed(MeshDocument(parts: parts, notes: notes)).requiringFinite()
  }

  private func startModel(_ attributes: XMLAttributes) throws(Diagnostic) {
    hasModel = true
    if let unit = attributes["unit"] {
      guard let named = LengthUnit(rawValue: unit) else {
        throw malformed(
          "unit", LengthUnit.allCases.map(\.rawValue).joined(separator: ", "), found: unit)
      }
      tags.unit = named
    }
    for prefix in (attributes["requiredextensions"] ?? "").split(separator: " ") {
      let namespace = namespaces[String(prefix)]
      guard let namespace, ThreeMF.harmlessExtensions.contains(namespace) else {
        throw Diagnostic(
          .unsupported, field: "requiredextensions",
          expected: "no extension that changes the geometry",
          found: quoted(namespace ?? String(prefix)), remedy: "export the mesh without it")
      }
    }
  }

  private func startObject(_ attributes: XMLAttributes) throws(Diagnostic) {
    guard object == nil else { throw malformed("object", "no object in another", found: "one") }
    var started = ThreeMFObjects.Object(id: try identifier("id", attributes))
    started.name = attributes["name"] ?? ""
    if let group = attributes["pid"].flatMap({ Int($0) }),
      let place = attributes["pindex"].flatMap({ Int($0) }), let colours = objects.colours[group],
      colours.indices.contains(place)
    {
      started.colour = colours[place]
    }
    object = started
  }

  private func endNote() throws(Diagnostic) {
    guard let name = noteName else { return }
    noteName = nil
    let value = String(decoding: noteText, as: UTF8.self)
    let known = name.hasPrefix(ThreeMF.prefix) ? String(name.dropFirst(ThreeMF.prefix.count)) : name
    if name == ThreeMF.prefix + ThreeMF.frameNote {
      tags.space = try PlacementTags.space(named: value)
    } else {
      notes.append(MeshNote(known, value))
    }
  }

  private func requireMesh() throws(Diagnostic) {
    guard object?.hasMesh == true else {
      throw malformed(
        "mesh", "vertices and triangles in a mesh of an object", found: "them elsewhere")
    }
  }

  /// An object and where it is put.
  private func instance(_ attributes: XMLAttributes) throws(Diagnostic) -> ThreeMFObjects.Instance {
    // The attribute `path` of the production extension: an object of another model.
    let elsewhere = "http://schemas.microsoft.com/3dmanufacturing/production/2015/06|path"
    guard attributes[elsewhere] == nil else {
      throw Diagnostic(
        .unsupported, field: "path", expected: "all objects in one model",
        found: "one in another part of the package",
        remedy: "export the mesh without the production extension")
    }
    var map: Affine?
    if let text = attributes["transform"] {
      let numbers = text.split(separator: " ").compactMap { word in
        Array(word.utf8).withUnsafeBytes { DecimalText.double($0) }
      }
      guard numbers.count == 12, text.utf8.count < 1024 else {
        throw malformed("transform", "twelve numbers", found: quoted(text))
      }
      let columns = (0..<4).map { SIMD3(numbers[$0 * 3], numbers[$0 * 3 + 1], numbers[$0 * 3 + 2]) }
      map = Affine(linear: Matrix3(columns[0], columns[1], columns[2]), translation: columns[3])
    }
    return ThreeMFObjects.Instance(object: try identifier("objectid", attributes), map: map)
  }

  // MARK: Attributes

  private func coordinate(_ name: StaticString, _ attributes: XMLAttributes) throws(Diagnostic)
    -> Float
  {
    let text = attributes.raw(Self.pointer(name))
    if let text,
      let value = DecimalText.float(UnsafeRawBufferPointer(start: text, count: strlen(text)))
    {
      return value
    }
    throw malformed(
      "vertex \(name)", "a finite number",
      found: text.map { quoted(String(cString: $0)) } ?? "nothing")
  }

  private func index(_ name: StaticString, _ attributes: XMLAttributes) throws(Diagnostic) -> UInt32
  {
    let text = attributes.raw(Self.pointer(name))
    if let text,
      let value = DecimalText.integer(UnsafeRawBufferPointer(start: text, count: strlen(text))),
      let index = UInt32(exactly: value)
    {
      return index
    }
    throw malformed(
      "triangle \(name)", "the number of a vertex",
      found: text.map { quoted(String(cString: $0)) } ?? "nothing")
  }

  private func identifier(_ name: String, _ attributes: XMLAttributes) throws(Diagnostic) -> Int {
    let text = attributes[name]
    guard let text, let id = Int(text), id > 0, id < 1 << 31 else {
      throw malformed(name, "a number from 1 to \(Int32.max)", found: quoted(text ?? ""))
    }
    return id
  }

  /// The name behind the core's namespace; nil for an element of another.
  private static func coreName(_ name: UnsafePointer<CChar>) -> UnsafePointer<CChar>? {
    strncmp(name, core, core.utf8.count) == 0 ? name + core.utf8.count : nil
  }

  private static func pointer(_ name: StaticString) -> UnsafePointer<CChar> {
    UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self)
  }

  /// `#RRGGBB` or `#RRGGBBAA`.
  private static func colour(_ text: String) -> MeshColour? {
    let digits = text.utf8.dropFirst()
    guard text.hasPrefix("#"), digits.count == 6 || digits.count == 8,
      let value = UInt32(String(decoding: digits.prefix(6), as: UTF8.self), radix: 16)
    else { return nil }
    return MeshColour(
      red: UInt8(value >> 16 & 255), green: UInt8(value >> 8 & 255), blue: UInt8(value & 255))
  }

  private func malformed(_ field: String, _ expected: String, found: String) -> Diagnostic {
    Diagnostic(
      .malformed, field: field, expected: expected, found: found, remedy: "export the mesh again")
  }
}
