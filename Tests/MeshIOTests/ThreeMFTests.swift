import Errors
import Meshes
import Testing
import Volumes

@testable import MeshIO

@Suite struct ThreeMFTests {
  static let target = "/3D/3dmodel.model"

  static func package(
    _ model: String, target: String = target, mode: String = "", entry: String = "3D/3dmodel.model"
  ) throws -> [UInt8] {
    let relations = """
      <Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
      <Relationship Id="a" Target="/thumb.png" Type="http://other"/>
      <Relationship Id="b" Target="\(target)" Type="\(ThreeMF.modelRelationship)" \(mode)/>
      </Relationships>
      """
    var bytes: [UInt8] = []
    try ZipPackage.write(
      [("_rels/.rels", Array(relations.utf8)), (entry, Array(model.utf8))]
    ) { bytes.append(contentsOf: $0) }
    return bytes
  }

  static func model(
    _ resources: String, build: String = "<item objectid=\"1\"/>", attributes: String = "",
    before: String = ""
  ) -> String {
    """
    <?xml version="1.0"?>\(before)
    <model unit="millimeter" xmlns="\(ThreeMF.core)" \(attributes)>
    <resources>\(resources)</resources><build>\(build)</build></model>
    """
  }

  static func object(_ id: Int, corner: String = "2", x: String = "1") -> String {
    """
    <object id="\(id)" type="model" name="n\(id)"><mesh><vertices><vertex x="0" y="0" z="0"/>
    <vertex x="\(x)" y="0" z="0"/><vertex x="0" y="1" z="0"/></vertices>
    <triangles><triangle v1="0" v2="1" v3="\(corner)" pid="7"/></triangles></mesh></object>
    """
  }

  static func read(_ bytes: [UInt8]) throws -> MeshDocument {
    try RoundTripTests.read(bytes, .threeMF)
  }

  @Test func componentsAndItemsArePlaced() throws {
    let whole = """
      <object id="2"><components><component objectid="1" transform="1 0 0 0 1 0 0 0 1 10 0 0"/>
      <component objectid="1" transform="0 1 0 -1 0 0 0 0 1 0 0 0"/></components></object>
      """
    let document = try Self.read(
      try Self.package(
        Self.model(
          Self.object(1) + whole,
          build:
            "<item objectid=\"2\" transform=\"2 0 0 0 2 0 0 0 2 0 0 5\"/><item objectid=\"1\"/>")))
    #expect(document.parts.map(\.name) == ["", "n1"])
    // First the component's transform, then the item's.
    #expect(
      document.parts[0].mesh.vertices == [
        SIMD3(20, 0, 5), SIMD3(22, 0, 5), SIMD3(20, 2, 5), SIMD3(0, 0, 5), SIMD3(0, 2, 5),
        SIMD3(-2, 0, 5),
      ])
    #expect(document.space == nil)
  }

  @Test func unitsAreTurnedIntoMillimetres() throws {
    let text = Self.model(Self.object(1)).replacing("millimeter", with: "inch")
    #expect(try Self.read(try Self.package(text)).mesh.vertices[1] == SIMD3(25.4, 0, 0))
  }

  @Test(
    "Relationships that leave the package are refused",
    arguments: [
      ("/../etc/passwd", ""), ("../3D/3dmodel.model", ""), ("http://example.org/m.model", ""),
      (target, "TargetMode=\"External\""), ("/3D\\3dmodel.model", ""), ("/3D/%2e%2e/x.model", ""),
      ("", ""),
      ("/3D//3dmodel.model", ""),
    ])
  func relations(target: String, mode: String) throws {
    let bytes = try Self.package(Self.model(Self.object(1)), target: target, mode: mode)
    let error = #expect(throws: Diagnostic.self) { try Self.read(bytes) }
    #expect(error?.code == .malformed && error?.expected == "a model inside of the package")
  }

  @Test func aModelThatIsNotThereIsMissing() throws {
    let bytes = try Self.package(Self.model(Self.object(1)), entry: "other")
    let error = #expect(throws: Diagnostic.self) { try Self.read(bytes) }
    #expect(error?.code == .missingField)
  }

  @Test("Entities, internal and external, are refused with the document type that declares them")
  func entities() throws {
    var laughs = "<!ENTITY a \"ha\">"
    for (name, other) in zip("bcdefghij", "abcdefghi") {
      laughs += "<!ENTITY \(name) \"\(String(repeating: "&\(other);", count: 10))\">"
    }
    for entity in [laughs, "<!ENTITY j SYSTEM \"file:///etc/passwd\">"] {
      let text = Self.model(
        Self.object(1) + "<metadata name=\"Title\">&j;</metadata>",
        before: "<!DOCTYPE x [\(entity)]>")
      let error = #expect(throws: Diagnostic.self) { try Self.read(try Self.package(text)) }
      #expect(error?.code == .unsupported)
    }
  }

  @Test("A part that is larger than its packed bytes justify is refused before it is read")
  func zipBomb() throws {
    let text = Self.model(Self.object(1) + String(repeating: " ", count: 20_000_000))
    let bytes = try Self.package(text)
    #expect(bytes.count < 200_000)
    let error = #expect(throws: Diagnostic.self) { try Self.read(bytes) }
    #expect(error?.code == .tooLarge)
  }

  @Test("Objects of objects that double with each are refused")
  func componentBomb() throws {
    var objects = Self.object(1)
    for id in 2...40 {
      let one = "<component objectid=\"\(id - 1)\"/>"
      objects += "<object id=\"\(id)\"><components>\(one)\(one)</components></object>"
    }
    for leaf in [Self.object(1), "<object id=\"1\"><mesh/></object>"] {
      let text = Self.model(
        objects.replacing(Self.object(1), with: leaf), build: "<item objectid=\"40\"/>")
      let error = #expect(throws: Diagnostic.self) { try Self.read(try Self.package(text)) }
      #expect(error?.code == .tooLarge)
    }
  }

  static let deep = String(repeating: "<x>", count: 100) + String(repeating: "</x>", count: 100)
  static let long = "<base name=\"\(String(repeating: "a", count: 700_000))\"/>"
  static let far = "xmlns:p=\"http://schemas.microsoft.com/3dmanufacturing/production/2015/06\""

  static let circle =
    "<object id=\"1\"><components><component objectid=\"1\"/></components></object>"
  static let frame = "<metadata name=\"calvaria:frame\">XYZ</metadata><resources>"
  static let placed = "<item objectid=\"1\" transform=\"1e38 0 0 0 1 0 0 0 1 3e38 0 0\"/>"
  static let mistaken: [(String, Diagnostic.Code)] = [
    (model(object(1, corner: "3")), .malformed),
    (model(object(1, corner: "-1")), .malformed),
    (model(object(1, corner: "9999999999")), .malformed),
    (model(object(1, x: "nan")), .malformed),
    (model(object(1, x: "1e39")), .malformed),
    (model(object(1, x: "inf")), .malformed),
    (model(object(1, x: "")), .malformed),
    (model(object(1) + object(1)), .malformed),
    (model(object(0)), .malformed),
    (model(object(1), build: ""), .malformed),
    (model(object(1), build: "<item objectid=\"9\"/>"), .malformed),
    (model(object(1), build: "<item objectid=\"1\" transform=\"1 0 0\"/>"), .malformed),
    (model(object(1, x: "9"), build: placed), .malformed),
    (model(circle), .malformed),
    (model("<vertex x=\"0\" y=\"0\" z=\"0\"/>"), .malformed),
    (model("<object id=\"1\">" + object(2) + "</object>"), .malformed),
    (model(object(1)) + "rest", .malformed),
    (String(model(object(1)).dropLast(9)), .malformed),
    ("", .malformed), ("<a/>", .malformed),
    (model(deep), .malformed), (model(long), .tooLarge),
    (
      model(object(1), attributes: "requiredextensions=\"z\" xmlns:z=\"http://beams\""),
      .unsupported
    ),
    (model(object(1)).replacing("millimeter", with: "furlong"), .malformed),
    (
      model(object(1), build: "<item objectid=\"1\" p:path=\"/3D/other.model\"/>", attributes: far),
      .unsupported
    ),
    (model(object(1)).replacing("<resources>", with: frame), .unsupported),
  ]

  @Test("Models with a mistake end in a diagnostic of its kind", arguments: mistaken)
  func mistakes(_ text: String, code: Diagnostic.Code) throws {
    // Long enough that the expansion of what repeats is not what is refused.
    let error = try #require(throws: Diagnostic.self) { try Self.read(try Self.package(text)) }
    #expect(error.code == code, "\(error)")
  }

  @Test func whatIsNoArchiveIsRefused() {
    for bytes in [[], Array("PK".utf8), Array(repeating: UInt8(7), count: 500)] {
      #expect(throws: Diagnostic.self) { try Self.read(bytes) }
    }
  }
}
