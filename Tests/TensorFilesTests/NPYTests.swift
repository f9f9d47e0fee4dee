import Errors
import Foundation
import TensorFiles
import TestSupport
import Testing

@Suite struct NPYTests {
  /// The same bytes as `numpy.save` of NumPy 2.4.6.
  @Test func writesWhatNumPyWrites() throws {
    let folder = TemporaryFolder()
    let path = folder.path + "/a.npy"
    try NPY.write(Fixtures.ramp(6), rows: 2, columns: 3, to: path)
    #expect(
      Array(try Data(contentsOf: URL(fileURLWithPath: path))) == (try Fixtures.bytes("f4.npy")))
    for name in ["f8.npy", "i8.npy"] {
      try NPY.write(try NPY.read(Fixtures.path(name)), to: path)
      #expect(Array(try Data(contentsOf: URL(fileURLWithPath: path))) == (try Fixtures.bytes(name)))
    }
    let brain = try NamedTensor(name: "b", shape: [1], floats: [1], as: .bfloat16)
    #expect(code { try NPY.write(brain, to: path) } == .notRepresentable)
  }

  @Test func readsWhatNumPyWrites() throws {
    #expect(try NPY.read(Fixtures.path("f4.npy")).shape == [2, 3])
    for name in ["f4.npy", "fortran.npy"] {
      #expect(try NPY.read(Fixtures.path(name)).floats() == Fixtures.ramp(6))
    }
    #expect(try NPY.read(Fixtures.path("f8.npy")).floats() == Fixtures.ramp(5))
    #expect(try NPY.read(Fixtures.path("big.npy")).floats() == Fixtures.ramp(3))
    #expect(try NPY.read(Fixtures.path("i8.npy")).int64() == -3)
  }

  static func file(_ header: String, data: Int = 0) -> [UInt8] {
    [0x93] + Array("NUMPY".utf8) + [1, 0] + TorchFile.number(header.utf8.count, 2)
      + Array(header.utf8) + [UInt8](repeating: 0, count: data)
  }

  static let dict = "'fortran_order': False, 'shape': (2,)"

  @Test(arguments: [
    ([UInt8](), Diagnostic.Code.unknownFormat),
    (Array("not an array at all".utf8), .unknownFormat),
    (file("{'descr': '<f4', \(dict)}", data: 7), .sizeMismatch),
    (file("{'descr': '<f4', \(dict)}", data: 9), .sizeMismatch),
    (file("{'descr': '|O', \(dict)}", data: 8), .unsupported),
    (file("{'descr': '<c8', \(dict)}", data: 16), .unsupported),
    (file("{'descr': [('a', '<f4')], \(dict)}", data: 8), .malformed),
    (file("{'descr': '<f4', 'descr': '<f4', \(dict)}", data: 8), .malformed),
    (file("{'descr': '<f4'}", data: 8), .malformed),
    (file("{'descr': '<f4', 'fortran_order': 0, 'shape': (2,)}", data: 8), .malformed),
    (file("{'descr': '<f4', 'fortran_order': False, 'shape': (-2,)}", data: 8), .malformed),
    (
      file("{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 4)}"), .tooLarge
    ),
    (
      file("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}"), .malformed
    ),
    (file("{'descr': '<f4', \(dict)"), .malformed),
    (file("__import__('os')", data: 8), .malformed),
    (Array(file("{'descr': '<f4', \(dict)}").prefix(20)), .truncated),
  ])
  func isRefused(bytes: [UInt8], expected: Diagnostic.Code) {
    #expect(code { try NPY.read(bytes: bytes) } == expected)
  }
}
