import Foundation
import Testing
import Volumes

/// What `Fixtures/mask_operations.py` wrote with scipy.
struct MaskFixture: Decodable, CustomTestStringConvertible, Sendable {
  struct Ball: Decodable, Sendable {
    let radius: Double
    let dilated, eroded, closed, complementEroded, complementOpened: String
  }

  let sizes: [Int]
  let spacing: [Double]
  let mask: String
  let labels6, labels18, labels26: [UInt32]
  let distances: [Float]
  let centroidIndex: [Double]
  let balls: [Ball]

  var testDescription: String { "\(sizes) at \(spacing) mm" }

  var geometry: Geometry {
    Geometry(
      sizes: GridSize(sizes[0], sizes[1], sizes[2]),
      spacing: SIMD3(spacing[0], spacing[1], spacing[2]))
  }

  static let all: [MaskFixture] = {
    struct File: Decodable { let cases: [MaskFixture] }
    let file: File = decodeFixture("mask_operations.json")
    return file.cases
  }()
}

/// A file of the folder `Fixtures` beside this source.
func decodeFixture<Value: Decodable>(_ name: String, here: String = #filePath) -> Value {
  let folder = URL(fileURLWithPath: here).deletingLastPathComponent()
  let data = try! Data(contentsOf: folder.appendingPathComponent("Fixtures/\(name)"))
  return try! JSONDecoder().decode(Value.self, from: data)
}

extension Mask {
  /// A mask from a string of 0 and 1, x fastest.
  init(_ text: String, on geometry: Geometry) {
    self.init(on: geometry) { bytes in
      precondition(text.utf8.count == bytes.count)
      for (i, c) in text.utf8.enumerated() { bytes[i] = c == UInt8(ascii: "1") ? 1 : 0 }
    }
  }

  /// The mask as a string of 0 and 1, x fastest.
  var text: String { withBytes { String(decoding: $0.map { $0 + 48 }, as: UTF8.self) } }
}
