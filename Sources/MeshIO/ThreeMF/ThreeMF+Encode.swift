import Meshes
import Volumes

extension ThreeMF {
  /// Hands the bytes of a package to `sink`: the same bytes for the same document, whatever the clock
  /// says.
  static func encode(
    _ document: MeshDocument, _ options: MeshWriteOptions,
    to sink: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    var model: [UInt8] = []
    model.reserveCapacity(document.triangleCount * 80 + 4096)
    var text = ByteGatherer { model.append(contentsOf: $0) }
    try write(options.placed(document), space: options.space, to: &text)
    try text.flush()
    try ZipPackage.write(
      [
        ("[Content_Types].xml", Array(contentTypes.utf8)), ("_rels/.rels", Array(relations.utf8)),
        ("3D/3dmodel.model", model),
      ], to: sink)
  }

  private static let contentTypes = """
    <?xml version="1.0" encoding="UTF-8"?>
    <Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
    <Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
    <Default Extension="model" ContentType="application/vnd.ms-package.3dmanufacturing-3dmodel+xml"/>
    </Types>

    """

  private static let relations = """
    <?xml version="1.0" encoding="UTF-8"?>
    <Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
    <Relationship Id="rel0" Target="/3D/3dmodel.model" Type="\(modelRelationship)"/>
    </Relationships>

    """

  /// The model, in coordinates of the file.
  private static func write(
    _ document: MeshDocument, space: Space, to text: inout ByteGatherer
  ) throws {
    try text.append(
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <model unit="millimeter" xml:lang="en-US" xmlns="\(core)" xmlns:calvaria="\(ours)">

      """)
    // A name may stand once only.
    var written: Set<String> = [frameNote]
    for note in document.notes where written.insert(note.name).inserted {
      let name = ownNotes.contains(note.name) ? note.name : prefix + identifier(note.name)
      try text.append("<metadata name=\"\(name)\">\(escaped(note.value))</metadata>\n")
    }
    try text.append(
      "<metadata name=\"\(prefix)\(frameNote)\">\(space.abbreviation ?? "LPS")</metadata>\n<resources>\n"
    )
    let colours = Array(Set(document.parts.compactMap(\.colour))).sorted { hex($0) < hex($1) }
    if !colours.isEmpty {
      try text.append("<basematerials id=\"1\">\n")
      for colour in colours {
        try text.append("<base name=\"\(hex(colour))\" displaycolor=\"\(hex(colour))\"/>\n")
      }
      try text.append("</basematerials>\n")
    }
    // An object without triangles would not be valid.
    let parts = document.parts.filter { !$0.mesh.isEmpty }
    for (index, part) in parts.enumerated() {
      let name = part.name.isEmpty ? "" : " name=\"\(escaped(part.name))\""
      let colour = part.colour.flatMap { colours.firstIndex(of: $0) }
      let material = colour.map { " pid=\"1\" pindex=\"\($0)\"" } ?? ""
      try text.append("<object id=\"\(index + 2)\" type=\"model\"\(name)\(material)>\n<mesh>\n")
      try write(part.mesh, to: &text)
      try text.append("</mesh>\n</object>\n")
    }
    try text.append("</resources>\n<build>\n")
    for index in parts.indices { try text.append("<item objectid=\"\(index + 2)\"/>\n") }
    try text.append("</build>\n</model>\n")
  }

  private static func write(_ mesh: TriangleMesh, to text: inout ByteGatherer) throws {
    try text.append("<vertices>\n")
    for v in mesh.vertices {
      // As many digits as tell floats apart: with six, slicers find self-intersections.
      try text.append("<vertex x=\"", v, "\" y=\"", "\" z=\"", "\"/>\n")
    }
    try text.append("</vertices>\n<triangles>\n")
    for t in mesh.triangles {
      try text.append(
        "<triangle v1=\"", SIMD3<Int>(truncatingIfNeeded: t), "\" v2=\"", "\" v3=\"", "\"/>\n")
    }
    try text.append("</triangles>\n")
  }

  private static func hex(_ colour: MeshColour) -> String {
    func digits(_ byte: UInt8) -> String {
      (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }
    return "#\(digits(colour.red))\(digits(colour.green))\(digits(colour.blue))FF"
  }

  /// A text for XML: what it may not hold becomes a space.
  static func escaped(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case _ where scalar.value < 0x20 || scalar.value == 0xfffe || scalar.value == 0xffff:
        escaped += " "
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }

  /// A name for XML: letters, digits, hyphens.
  private static func identifier(_ name: String) -> String {
    let safe = name.unicodeScalars.map { scalar in
      scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
        ? Character(scalar) : "-"
    }
    return String(safe.isEmpty ? ["-"] : safe).first.map { $0.isLetter ? "" : "n" }! + String(safe)
  }
}
