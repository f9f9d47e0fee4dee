import Errors
import Testing

@testable import Pictures

@Suite struct PNGTests {
  @Test("A picture decodes to the same pixels", arguments: [(1, 1), (7, 3), (64, 65), (301, 2)])
  func roundTrip(width: Int, height: Int) throws {
    var picture = RGBImage(width: width, height: height)
    for i in 0..<picture.bytes.count { picture.bytes[i] = UInt8(truncatingIfNeeded: i * i + 7 * i) }
    let file = try PNG.encode(picture)
    #expect(Array(file[..<8]) == [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
    #expect(try PNG.decode(file) == picture)
  }

  @Test("Bytes that are no picture are refused", arguments: [0, 8, 30, 60])
  func truncated(_ count: Int) throws {
    let file = try PNG.encode(RGBImage(width: 20, height: 20))
    #expect(throws: Diagnostic.self) { try PNG.decode(Array(file[..<count])) }
  }
}
