import NeuralEngine
import TensorFiles
import Testing

/// Values that PyTorch computed; `Fixtures/make-fixtures.py` states its version.
struct Golden {
  let archive: TensorArchive

  init(_ name: String, file: String = #filePath) throws {
    let folder = file.split(separator: "/", omittingEmptySubsequences: false).dropLast()
      .joined(separator: "/")
    archive = try TensorArchive(contentsOf: "\(folder)/Fixtures/\(name).safetensors")
  }

  func callAsFunction(_ name: String) throws -> [Float] {
    try #require(archive[name], "no tensor \(name)").floats()
  }

  func shape(_ name: String) throws -> [Int] { try #require(archive[name]).shape }

  /// The state dict below a prefix, without what only PyTorch counts.
  func parameters(_ prefix: String) throws -> [Parameter] {
    try archive.tensors.filter {
      $0.name.hasPrefix(prefix) && !$0.name.hasSuffix("num_batches_tracked")
    }.map {
      Parameter(
        name: String($0.name.dropFirst(prefix.count)), shape: $0.shape, values: try $0.floats())
    }
  }
}

/// The largest difference over the largest magnitude.
func relativeDifference(_ found: [Float], _ expected: [Float]) -> Float {
  guard found.count == expected.count else { return .infinity }
  var (difference, magnitude): (Float, Float) = (0, 1e-30)
  for (a, b) in zip(found, expected) {
    guard a.isFinite else { return .infinity }
    difference = max(difference, abs(a - b))
    magnitude = max(magnitude, abs(b))
  }
  return difference / magnitude
}

/// Values as bits, every sample beginning at a byte.
func bits(_ values: [Float], samples: Int) -> [UInt8] {
  let size = values.count / samples
  let bytes = (size + 7) / 8
  var result = [UInt8](repeating: 0, count: samples * bytes)
  for sample in 0..<samples {
    for i in 0..<size where values[sample * size + i] > 0.5 {
      result[sample * bytes + i / 8] |= 1 << UInt8(i % 8)
    }
  }
  return result
}
