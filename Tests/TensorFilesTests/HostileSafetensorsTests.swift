import Errors
import TensorFiles
import Testing

/// Headers that lie, contradict themselves or are no JSON.
@Suite struct HostileSafetensorsTests {
  static func file(_ header: String, data: Int = 0, length: UInt64? = nil) -> [UInt8] {
    let count = length ?? UInt64(header.utf8.count)
    return (0..<8).map { UInt8(truncatingIfNeeded: count >> (8 * UInt64($0))) }
      + Array(header.utf8) + [UInt8](repeating: 0, count: data)
  }

  static func tensor(_ shape: String, _ offsets: String, _ type: String = "F32") -> String {
    "{\"dtype\":\"\(type)\",\"shape\":[\(shape)],\"data_offsets\":[\(offsets)]}"
  }

  struct Case: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let bytes: [UInt8]
    let code: Diagnostic.Code
    init(_ what: String, _ bytes: [UInt8], _ code: Diagnostic.Code) {
      (testDescription, self.bytes, self.code) = (what, bytes, code)
    }
    init(
      _ what: String, _ header: String, data: Int = 0, _ code: Diagnostic.Code
    ) {
      self.init(what, HostileSafetensorsTests.file(header, data: data), code)
    }
  }

  static let cases: [Case] = [
    Case("nothing", [UInt8](), .unknownFormat),
    Case("a length alone", [9, 0, 0], .unknownFormat),
    Case("text", Array("solid skull of bone".utf8), .unknownFormat),
    Case("a length beyond the file", file("{}", length: 3), .truncated),
    Case("a length of 2^64 - 1", file("{}", length: .max), .tooLarge),
    Case("a length of 100 MB and one", file("{}", length: 100_000_001), .tooLarge),
    Case(
      "a length short of the JSON", file("{\"a\":\(tensor("1", "0,4"))}", length: 9), .malformed),
    Case("a header of no bytes", file("{}", length: 0), .malformed),
    Case("text after the JSON", "{} x", .malformed),
    Case("bytes after no tensors", "{}", data: 1, .overlapOrGap),
    Case(
      "a shape whose product overflows",
      "{\"a\":\(tensor("4611686018427387904,4611686018427387904", "0,4"))}", data: 4, .tooLarge),
    Case(
      "bytes that overflow",
      "{\"a\":\(tensor("4611686018427387904", "0,0"))}", .tooLarge),
    Case("a size of 2^64", "{\"a\":\(tensor("18446744073709551616", "0,0"))}", .tooLarge),
    Case("an offset of 2^63", "{\"a\":\(tensor("1", "0,9223372036854775808"))}", .tooLarge),
    Case(
      "an offset of 2^63 - 1",
      "{\"a\":\(tensor("1", "9223372036854775803,9223372036854775807"))}", data: 4, .outOfBounds),
    Case(
      "more axes than any tensor has",
      "{\"a\":\(tensor([String](repeating: "1", count: 65).joined(separator: ","), "0,4"))}",
      data: 4, .tooLarge),
    Case("a size below 0", "{\"a\":\(tensor("-1", "0,4"))}", data: 4, .malformed),
    Case("a size that is no whole number", "{\"a\":\(tensor("1.0", "0,4"))}", data: 4, .malformed),
    Case("a size with an exponent", "{\"a\":\(tensor("1e0", "0,4"))}", data: 4, .malformed),
    Case("a size with a leading zero", "{\"a\":\(tensor("01", "0,4"))}", data: 4, .malformed),
    Case("a size as text", "{\"a\":\(tensor("\"1\"", "0,4"))}", data: 4, .malformed),
    Case(
      "a name twice",
      "{\"a\":\(tensor("1", "0,4")),\"a\":\(tensor("1", "4,8"))}", data: 8, .duplicateName),
    Case(
      "a name twice, once escaped",
      "{\"a\":\(tensor("1", "0,4")),\"\\u0061\":\(tensor("1", "4,8"))}", data: 8, .duplicateName),
    Case(
      "a field twice",
      "{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]}}", data: 4,
      .duplicateName),
    Case("texts twice", "{\"__metadata__\":{},\"__metadata__\":{}}", .duplicateName),
    Case("a text twice", "{\"__metadata__\":{\"a\":\"\",\"a\":\"\"}}", .duplicateName),
    Case("an end beyond the file", "{\"a\":\(tensor("2", "0,8"))}", data: 7, .outOfBounds),
    Case("a begin after the end", "{\"a\":\(tensor("1", "4,0"))}", data: 4, .malformed),
    Case(
      "two tensors on the same bytes",
      "{\"a\":\(tensor("1", "0,4")),\"b\":\(tensor("1", "0,4"))}", data: 4, .overlapOrGap),
    Case(
      "tensors that overlap in part",
      "{\"a\":\(tensor("2", "0,8")),\"b\":\(tensor("2", "4,12"))}", data: 12, .overlapOrGap),
    Case("a gap in front", "{\"a\":\(tensor("1", "4,8"))}", data: 8, .overlapOrGap),
    Case(
      "a gap between",
      "{\"a\":\(tensor("1", "0,4")),\"b\":\(tensor("1", "8,12"))}", data: 12, .overlapOrGap),
    Case("a gap behind", "{\"a\":\(tensor("1", "0,4"))}", data: 5, .overlapOrGap),
    Case("fewer bytes than the shape", "{\"a\":\(tensor("2", "0,4"))}", data: 4, .sizeMismatch),
    Case("more bytes than the shape", "{\"a\":\(tensor("0", "0,4"))}", data: 4, .sizeMismatch),
    Case("an unknown type", "{\"a\":\(tensor("1", "0,4", "F33"))}", data: 4, .unsupported),
    Case("a complex type", "{\"a\":\(tensor("1", "0,8", "C64"))}", data: 8, .unsupported),
    Case("three offsets", "{\"a\":\(tensor("1", "0,4,4"))}", data: 4, .tooLarge),
    Case("one offset", "{\"a\":\(tensor("1", "0"))}", data: 4, .malformed),
    Case("no type", "{\"a\":{\"shape\":[],\"data_offsets\":[0,4]}}", data: 4, .missingField),
    Case(
      "a field that the format lacks",
      "{\"a\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4],\"x\":[]}}", data: 4,
      .malformed),
    Case("a tensor that is null", "{\"a\":null}", .malformed),
    Case("a text that is a number", "{\"__metadata__\":{\"a\":1}}", .malformed),
    Case("texts that are null", "{\"__metadata__\":null}", .malformed),
    Case("texts in an array", "{\"__metadata__\":[]}", .malformed),
    Case("a trailing comma", "{\"a\":\(tensor("1", "0,4")),}", data: 4, .malformed),
    Case("deep nesting", "{\"a\":" + String(repeating: "[", count: 100_000), .malformed),
    Case("an open text", "{\"a", .malformed),
    Case("a control character in a text", "{\"a\n\":1}", .malformed),
    Case("an escape that JSON lacks", "{\"\\x61\":1}", .malformed),
    Case("half of a pair", "{\"\\ud83e\":1}", .malformed),
    Case("half of a pair and another", "{\"\\ud83e\\ud83e\":1}", .malformed),
    Case("the second half alone", "{\"\\uddb4\":1}", .malformed),
    Case("three hexadecimal digits", "{\"\\u00g1\":1}", .malformed),
    Case(
      "bytes that are no UTF-8",
      file("").prefix(0) + [5, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x22, 0xc3, 0x28, 0x22],
      .malformed),
    Case(
      "an overlong slash", [6, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x22, 0xc0, 0xaf, 0x22, 0x3a], .malformed),
  ]

  @Test(arguments: cases) func isRefused(_ item: Case) {
    #expect(code { try TensorArchive(bytes: item.bytes) } == item.code)
  }

  @Test func whatTheFormatAllowsIsRead() throws {
    // Space anywhere in the JSON, offsets in another order than the names, escapes, an empty
    // tensor between two others.
    let header = """
      { "b" :\t{ "data_offsets": [4, 8], "shape": [1], "dtype": "F32" },
      "\\ud83e\\uddb4\\/\\u00fc": {"dtype":"U8","shape":[4],"data_offsets":[0,4]},
      "e": {"dtype":"F64","shape":[3,0],"data_offsets":[4,4]}, "__metadata__": {} }   
      """
    let archive = try TensorArchive(bytes: Self.file(header, data: 8))
    #expect(archive.tensors.map(\.name) == ["b", "🦴/ü", "e"])
  }

  /// The message names file, field, what was expected and found, and what to do.
  @Test func messages() {
    let bytes = Self.file("{\"mu.weight\":\(Self.tensor("2,3", "0,20"))}", data: 20)
    #expect {
      try TensorArchive(bytes: bytes, name: "m.safetensors")
    } throws: {
      "\($0)" == "m.safetensors: tensor \"mu.weight\", data_offsets: expected 24 bytes for [2, 3] "
        + "of F32, found 20; save the file again"
    }
  }
}
