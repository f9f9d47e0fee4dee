import TestSupport
import Testing

@testable import MeshIO

@Suite struct DecimalTextTests {
  static func float(_ text: String) -> Float? {
    Array(text.utf8).withUnsafeBytes { DecimalText.float($0) }
  }
  static func double(_ text: String) -> Double? {
    Array(text.utf8).withUnsafeBytes { DecimalText.double($0) }
  }

  @Test func everyFloatReadsBackFromItsText() {
    var random = SplitMix(state: 11)
    for _ in 0..<200_000 {
      let value = Float(bitPattern: UInt32.random(in: .min ... .max, using: &random))
      guard value.isFinite else { continue }
      #expect(Self.float(value.description) == value)
    }
  }

  @Test func numbersAreThoseOfTheStandardLibrary() {
    var random = SplitMix(state: 12)
    for _ in 0..<100_000 {
      let digits = String(UInt64.random(in: .min ... .max, using: &random))
      let cut = digits.prefix(Int.random(in: 1...digits.count, using: &random))
      let text = "-\(cut).\(digits.prefix(7))e\(Int.random(in: -40...40, using: &random))"
      #expect(Self.double(text) == Double(text), "\(text)")
      let single = Float(text)
      #expect(Self.float(text) == (single?.isFinite == true ? single : nil), "\(text)")
    }
  }

  @Test(
    arguments: [
      "", "-", ".", "1.2.3", "1e", "e5", "nan", "inf", "infinity", "0x10", "1 ", " 1", "1f",
      "1e400", "--1",
      "1e99999999999999999999", "٣",
    ])
  func whatIsNoFiniteNumberIsNone(text: String) { #expect(Self.float(text) == nil) }

  @Test func integersAreWhole() {
    func integer(_ text: String) -> Int? {
      Array(text.utf8).withUnsafeBytes { DecimalText.integer($0) }
    }
    #expect(integer("-12") == -12 && integer("+3") == 3)
    for text in ["", "-", "1.0", "1e2", "9999999999999999999", "a"] {
      #expect(integer(text) == nil)
    }
  }
}
