import Errors
import Foundation
import TensorFiles
import TestSupport
import Testing

@Suite struct SafetensorsTests {
  @Test func everyTypeOfPython() throws {
    let archive = try TensorArchive(contentsOf: Fixtures.path("types.safetensors"))
    #expect(archive.metadata == ["format": "pt", "text": "a \"b\"\n\tü 🦴"])
    #expect(archive.tensors.count == 15)
    #expect(try archive.floats("f16", shape: [2, 3]) == Fixtures.ramp(6))
    #expect(try archive.floats("bf16", shape: [3, 2]) == Fixtures.ramp(6))
    #expect(try archive.floats("f32", shape: [2, 3, 4]) == Fixtures.ramp(24))
    #expect(try archive.floats("f64", shape: [4]) == Fixtures.ramp(4))
    #expect(try archive.floats("empty", shape: [0, 3]) == [])
    #expect(try archive.floats("name \"quoted\" \\ ü 🦴\n", shape: [1]) == [1.5])
    #expect(try archive.tensor("i64", shape: []).int64() == -(1 << 53) - 1)
    #expect(try archive.tensor("u64").int64() == .max)
    #expect(try archive.tensor("u32").int64() == 1 << 32 - 1)
    #expect(try archive.tensor("u16").int64() == 65535)
    #expect(archive["i8"]?.bytes == [0x80, 0, 0x7f])
    #expect(archive["i16"]?.bytes == [0, 0x80, 0xff, 0x7f])
    #expect(archive["i32"]?.bytes == [0, 0, 0, 0x80, 0xff, 0xff, 0xff, 0x7f])
    #expect(archive["u8"]?.bytes == [0, 255])
    #expect(archive["bool"]?.bytes == [1, 0, 1])
    #expect(Set(archive.tensors.map(\.type)) == Set(TensorType.allCases))
  }

  /// Bits equal to those of torch, both ways; NaN stays NaN with its sign and upper payload.
  @Test func conversionsAreThoseOfTorch() throws {
    let archive = try TensorArchive(contentsOf: Fixtures.path("rounding.safetensors"))
    let halves = try archive.tensor("bits").floats()
    let floats = try archive.tensor("floats").floats()
    #expect(halves.count == 1772)
    for (half, float) in zip(halves, floats) {
      #expect(half.bitPattern == float.bitPattern || (half.isNaN && float.isNaN))
    }
    let shape = try archive.tensor("wide").shape
    let wide = try archive.tensor("wide").floats()
    for (name, type) in [("wide_f16", TensorType.float16), ("wide_bf16", .bfloat16)] {
      let ours = try NamedTensor(name: name, shape: shape, floats: wide, as: type)
      #expect(ours == archive[name])
    }
    #expect(
      try archive.tensor("doubles").floats() == archive.floats("doubles_f32", shape: shape))
  }

  /// All 65536 halves come back from Float as they were.
  @Test func halvesRoundTrip() throws {
    for bits in UInt16.min...UInt16.max {
      let bytes = [UInt8(truncatingIfNeeded: bits), UInt8(bits >> 8)]
      let half = NamedTensor(name: "h", type: .float16, shape: [1], bytes: bytes)
      let float = try half.floats()
      let back = try NamedTensor(name: "h", shape: [1], floats: float, as: .float16)
      // A signalling NaN becomes quiet.
      #expect(back == half || (float[0].isNaN && back.bytes[1] | 2 == half.bytes[1] | 2))
    }
  }

  @Test(arguments: [
    (TensorType.float16, Float(65519.99), Float(65520)),
    (.bfloat16, 3.3895e38, Float.greatestFiniteMagnitude),
  ])
  func whatWouldBecomeInfiniteIsAnError(type: TensorType, fits: Float, tooLarge: Float) throws {
    let tensor = try NamedTensor(name: "t", shape: [2], floats: [fits, -.infinity], as: type)
    #expect(try tensor.floats()[0].isFinite)
    #expect(
      code { try NamedTensor(name: "t", shape: [1], floats: [-tooLarge], as: type) }
        == .notRepresentable)
  }

  static func written() throws -> TensorArchive {
    var archive = TensorArchive(metadata: ["version": "1", "a\t\"ü\"": "\\ 🦴", "Z": ""])
    try archive.append(
      NamedTensor(name: "odd", shape: [3], floats: [1, -0.5, 65504], as: .float16))
    try archive.append(NamedTensor(name: "matrix", shape: [2, 2], floats: [1, 2, 3, -.infinity]))
    try archive.append(NamedTensor(name: "count", int64: -7))
    try archive.append(NamedTensor(name: "ü \"name\"\n", type: .bool, shape: [1], bytes: [1]))
    try archive.append(NamedTensor(name: "empty", shape: [0, 4], floats: []))
    try archive.append(NamedTensor(name: "double", shape: [1], floats: [0.25], as: .float64))
    try archive.append(NamedTensor(name: "brain", shape: [1], floats: [-2], as: .bfloat16))
    return archive
  }

  /// Python reads `written.safetensors` and finds these values (last lines of the script).
  @Test func writesTheBytesThatPythonWasShown() throws {
    let folder = TemporaryFolder()
    let archive = try Self.written()
    let path = folder.path + "/written.safetensors"
    try archive.writeSafetensors(to: path)
    let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    #expect(bytes == (try archive.safetensorsBytes()))
    #expect(bytes == (try Fixtures.bytes("written.safetensors")))
    let again = try TensorArchive(contentsOf: path)
    #expect(again.tensors == archive.tensors)
    #expect(again.metadata == archive.metadata)
    #expect(again.path == path)
  }

  @Test func nothingButTensorsIsAFileToo() throws {
    let empty = try TensorArchive(bytes: TensorArchive().safetensorsBytes())
    #expect(empty.tensors.isEmpty && empty.metadata.isEmpty)
  }

  @Test func namesAreLookedUpAndCut() throws {
    var archive = TensorArchive(metadata: ["a.note": "x", "other": "y"])
    try archive.append(NamedTensor(name: "a.w", shape: [1], floats: [1]))
    try archive.append(NamedTensor(name: "b.w", shape: [1], floats: [2]))
    #expect(code { try archive.append(NamedTensor(name: "a.w", int64: 1)) } == .duplicateName)
    #expect(archive["a.w"]?.type == .float32)
    let below = archive.below("a.")
    #expect(below.tensors.map(\.name) == ["w"] && below.metadata == ["note": "x"])
    #expect(try below.floats("w", shape: [1]) == [1])
    #expect(code { try archive.tensor("c") } == .missingTensor)
    #expect(code { try archive.tensor("a.w", shape: [1, 1]) } == .unexpectedTensor)
    #expect(code { try archive.tensor("a.w").int64() } == .unexpectedTensor)
    #expect(code { try NamedTensor(name: "n", int64: 1).floats() } == .unexpectedTensor)
  }

  @Test func reservedNamesAndFoldersAreRefused() throws {
    var archive = TensorArchive()
    try archive.append(NamedTensor(name: "__metadata__", int64: 1))
    #expect(code { try archive.safetensorsBytes() } == .notRepresentable)
    let missing = TemporaryFolder().path + "/no/such/folder.safetensors"
    #expect(code { try TensorArchive().writeSafetensors(to: missing) } == .unwritable)
    #expect(code { try TensorArchive(contentsOf: missing) } == .unreadable)
  }
}
