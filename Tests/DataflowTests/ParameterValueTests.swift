import Dataflow
import Foundation
import Testing

@Suite struct ParameterValueTests {
  typealias Kind = ParameterDeclaration.Kind

  static let good: [(text: String, kind: Kind, value: ParameterValue, spelling: String)] = [
    ("226", .number(.finite), .number(226), "226"),
    ("-1.5e2", .number(.finite), .number(-150), "-150"),
    ("0.25", .number(0...1), .number(0.25), "0.25"),
    ("26", .integer(6...26), .integer(26), "26"),
    ("true", .flag, .flag(true), "true"),
    ("mirror", .choice(["mirror", "vae"]), .text("mirror"), "mirror"),
    ("a b", .text, .text("a b"), "a b"),
    ("2", .numbers(counts: [1, 3], each: .positive), .numbers([2]), "[2]"),
    ("128x96x64", .sizes, .sizes([128, 96, 64]), "128x96x64"),
  ]

  @Test(arguments: good)
  func readsWhatWasDeclared(
    text: String, kind: Kind, value: ParameterValue, spelling: String
  ) {
    #expect(ParameterValue([text], isList: false, as: kind) == value)
    #expect(value.description == spelling)
  }

  static let bad: [(text: String, kind: Kind)] = [
    ("nan", .number(.finite)), ("inf", .number(.finite)), ("1,5", .number(.finite)),
    ("2 mm", .number(.finite)), ("", .number(.finite)), ("1.5", .number(0...1)),
    ("0", .number(.positive)), ("-1", .number(.notNegative)),
    ("2.0", .integer(0...9)), ("10", .integer(0...9)), ("yes", .flag), ("True", .flag),
    ("mirrors", .choice(["mirror"])), ("", .text),
    ("128x96", .sizes), ("128x0x1", .sizes), ("1xx1", .sizes), ("70000x1x1", .sizes),
    ("-1x1x1", .sizes), ("0", .numbers(counts: [1, 3], each: .positive)),
  ]

  @Test(arguments: bad)
  func refusesAllElse(text: String, kind: Kind) {
    #expect(ParameterValue([text], isList: false, as: kind) == nil)
  }

  @Test(arguments: [
    ("64x64x32", [64, 64, 32]), ("1x65536x1", [1, 65536, 1]), ("64x64", nil), ("64x64x32x1", nil),
    ("0x1x1", nil), ("1x1x65537", nil), ("1x-1x1", nil), ("1xx1", nil), ("x1x1x1", nil),
    ("64X64X32", nil), ("1 x 1 x 1", nil), ("99999999999999999999x1x1", nil), ("", nil),
  ])
  func readsSizesFromAText(text: String, sizes: [Int]?) {
    #expect(ParameterValue.sizes(text) == sizes)
  }

  @Test func listsAreOnlyForKindsOfSeveralNumbers() {
    let spacing = Kind.numbers(counts: [1, 3], each: .positive)
    #expect(
      ParameterValue(["1", "1", "1.5"], isList: true, as: spacing) == .numbers([1, 1, 1.5]))
    #expect(ParameterValue(["1", "1"], isList: true, as: spacing) == nil)
    #expect(ParameterValue(["1", "a", "1"], isList: true, as: spacing) == nil)
    #expect(ParameterValue(["4", "5", "6"], isList: true, as: .sizes) == .sizes([4, 5, 6]))
    for kind in [Kind.number(.finite), .integer(0...9), .flag, .text, .choice(["1"])] {
      #expect(ParameterValue(["1"], isList: true, as: kind) == nil)
    }
  }

  static let kinds: [(kind: Kind, description: String)] = [
    (.number(.finite), "a number"), (.number(0...1), "a number from 0 to 1"),
    (.number(.notNegative), "a number of at least 0"),
    (.integer(1...26), "a whole number from 1 to 26"),
    (.integer(Int.min...Int.max), "a whole number"), (.flag, "true or false"),
    (.choice(["a", "b"]), "one of a, b"), (.sizes, "sizes such as 128x128x64"),
  ]

  @Test(arguments: kinds)
  func kindsSayWhatWasExpected(kind: Kind, description: String) {
    #expect(kind.description == description)
  }

  @Test func encodesBareValues() throws {
    let values: [ParameterValue] = [.number(0.5), .integer(3), .flag(true), .text("a")]
    let data = try JSONEncoder().encode(values)
    #expect(String(decoding: data, as: UTF8.self) == #"[0.5,3,true,"a"]"#)
    let notes: [Note] = [.number(.nan), .numbers([1.5, 2]), .flag(false)]
    #expect(
      String(decoding: try JSONEncoder().encode(notes), as: UTF8.self) == "[null,[1.5,2],false]")
  }
}
