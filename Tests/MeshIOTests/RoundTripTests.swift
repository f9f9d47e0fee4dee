import Errors
import Meshes
import TestSupport
import Testing
import Volumes

@testable import MeshIO

/// Every format, form and space reads back what was written.
@Suite struct RoundTripTests {
  static let document: MeshDocument = {
    func part(_ seed: UInt64, _ name: String, _ colour: MeshColour?) -> MeshPart {
      let grid = Geometry(
        sizes: GridSize(7, 8, 6), space: .leftPosteriorSuperior,
        directions: Matrix3(SIMD3(0.7, 0.1, 0), SIMD3(-0.1, 0.9, 0.2), SIMD3(0, -0.3, 1.3)),
        origin: SIMD3(-123.456, 77.7, 1e-5))
      return MeshPart(
        TriangleMesh(surfaceOf: Mask(randomOn: grid, density: 0.4, seed: seed), smoothing: 3),
        named: name, colour: colour)
    }
    return MeshDocument(
      parts: [
        part(1, "left <&\"> größer", .implant),
        part(2, "right", MeshColour(red: 1, green: 2, blue: 254)),
      ],
      notes: [MeshNote("Title", "case & 7"), MeshNote("model", "abc]]>")])
  }()

  static func bytes(
    _ document: MeshDocument, _ format: MeshFormat, _ options: MeshWriteOptions = .init()
  ) throws -> [UInt8] {
    var bytes: [UInt8] = []
    try format.encode(document, options) { bytes.append(contentsOf: $0) }
    return bytes
  }

  static func read(_ bytes: [UInt8], _ format: MeshFormat) throws -> MeshDocument {
    try bytes.withUnsafeBytes { try format.decode($0) }
  }

  @Test(arguments: ["stl", "3mf", "ply", "obj"], MeshWriteOptions.Form.allCases)
  func readsBackWhatWasWritten(name: String, form: MeshWriteOptions.Form) throws {
    let format = try #require(MeshFormats.standard.format(of: "a.\(name)"))
    for space in [Space.leftPosteriorSuperior, .rightAnteriorSuperior] {
      let options = MeshWriteOptions(space: space, form: form)
      let read = try Self.read(try Self.bytes(Self.document, format, options), format)
      #expect(read.space == space)
      #expect(read.hasTriangles(of: Self.document))
      // The file itself is in the space that it names.
      if name != "3mf", form == .ascii {
        let text = String(decoding: try Self.bytes(Self.document, format, options), as: UTF8.self)
        #expect(text.contains("SPACE=\(space == .leftPosteriorSuperior ? "LPS" : "RAS") UNIT=mm"))
      }
    }
    let one = MeshDocument(parts: Array(Self.document.parts[..<1]))
    #expect(!(try Self.read(try Self.bytes(one, format), format)).hasTriangles(of: Self.document))
  }

  @Test func textAndBinaryDiffer() throws {
    for format in [MeshFormat.stl, .ply] {
      let texts = try MeshWriteOptions.Form.allCases.map {
        try Self.bytes(Self.document, format, MeshWriteOptions(form: $0))
      }
      #expect(Set(texts).count == format.forms.count)
      #expect(texts[2].allSatisfy { $0 < 0x80 || format.name == "stl" })
    }
  }

  @Test func partsNamesColoursAndNotesSurvive() throws {
    let mf = try Self.read(try Self.bytes(Self.document, .threeMF), .threeMF)
    #expect(mf.parts.map(\.name) == ["left <&\"> größer", "right"])
    #expect(mf.parts.map(\.colour) == Self.document.parts.map(\.colour))
    #expect(mf.parts.map(\.mesh) == Self.document.parts.map(\.mesh))
    #expect(mf.notes == Self.document.notes)
    let obj = try Self.read(try Self.bytes(Self.document, .obj), .obj)
    #expect(obj.parts.map(\.name) == ["left <&\"> größer", "right"])
    #expect(
      obj.parts.map(\.mesh.triangles.count) == Self.document.parts.map(\.mesh.triangles.count))
    let stl = try Self.read(
      try Self.bytes(Self.document, .stl, MeshWriteOptions(form: .ascii)), .stl)
    #expect(stl.parts.map(\.name) == ["left <&\"> größer", "right"])
  }

  @Test func emptyDocumentsAreWrittenAndRead() throws {
    for format in [MeshFormat.stl, .ply, .threeMF] {
      let read = try Self.read(try Self.bytes(MeshDocument(TriangleMesh()), format), format)
      #expect(read.triangleCount == 0)
    }
  }

  @Test func the3MFIsTheSameAtAnyTime() throws {
    let first = try Self.bytes(Self.document, .threeMF)
    #expect(try Self.bytes(Self.document, .threeMF) == first)
    // The date of all entries is 1980-01-01 00:00.
    #expect(Array(first[10..<14]) == [0, 0, 33, 0])
  }

  @Test("Files that are cut anywhere end in a diagnostic", arguments: ["stl", "3mf", "ply", "obj"])
  func cut(name: String) throws {
    let format = try #require(MeshFormats.standard.format(of: "a.\(name)"))
    let small = MeshDocument(
      TriangleMesh(
        surfaceOf: Mask(randomOn: Geometry(sizes: GridSize(3, 3, 3)), density: 0.3, seed: 5)))
    for form in MeshWriteOptions.Form.allCases {
      let bytes = try Self.bytes(small, format, MeshWriteOptions(form: form))
      for count in 0..<bytes.count {
        do {
          let read = try Self.read(Array(bytes[..<count]), format)
          // Text may end anywhere in its last lines and still be a mesh.
          #expect(format.name == "obj" || form == .ascii, "\(count) of \(bytes.count)")
          #expect(read.triangleCount <= small.triangleCount)
        } catch is Diagnostic {}
      }
    }
  }

  @Test("Bytes changed at random never crash a reader", arguments: ["stl", "3mf", "ply", "obj"])
  func changed(name: String) throws {
    let format = try #require(MeshFormats.standard.format(of: "a.\(name)"))
    let small = MeshDocument(
      TriangleMesh(
        surfaceOf: Mask(randomOn: Geometry(sizes: GridSize(3, 3, 3)), density: 0.3, seed: 5)))
    var random = SplitMix(state: 7)
    for form in MeshWriteOptions.Form.allCases {
      let bytes = try Self.bytes(small, format, MeshWriteOptions(form: form))
      for _ in 0..<1000 {
        var changed = bytes
        for _ in 0..<Int.random(in: 1...4, using: &random) {
          changed[Int.random(in: 0..<bytes.count, using: &random)] = .random(
            in: 0...255, using: &random)
        }
        do { _ = try Self.read(changed, format) } catch is Diagnostic {}
      }
    }
  }
}
