import Errors
import TestSupport
import Foundation
import TensorFiles
import Testing

/// Damaged files give an error or tensors, never a crash, and never more bytes than the file has.
///
/// `CALVARIA_MUTATIONS` sets how many a file gets.
@Suite struct MutationTests {
  static func mutated(_ good: [UInt8], _ numbers: inout SplitMix) -> [UInt8] {
    var bytes = good
    for _ in 0...Int.random(in: 0..<3, using: &numbers) where !bytes.isEmpty {
      let place = Int.random(in: 0..<bytes.count, using: &numbers)
      switch Int.random(in: 0..<6, using: &numbers) {
      case 0: bytes[place] = UInt8.random(in: 0...255, using: &numbers)
      case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &numbers)
      case 2: bytes.remove(at: place)
      case 3: bytes.insert(bytes.randomElement(using: &numbers)!, at: place)
      case 4: bytes.removeSubrange(place..<min(bytes.count, place + 40))
      default:
        let value = [0, 0xff, 0x7f, 0x80].randomElement(using: &numbers)!
        for i in place..<min(place + 8, bytes.count) { bytes[i] = UInt8(value) }
      }
    }
    return bytes
  }

  /// Tensors can take the bytes of the file, and views of shared storages four times as many.
  static func check(_ bytes: [UInt8], _ read: ([UInt8]) throws -> [NamedTensor]) -> Bool {
    do {
      let tensors = try read(bytes)
      #expect(tensors.reduce(0) { $0 + $1.bytes.count } <= 5 * bytes.count)
      return true
    } catch {
      #expect(error is Diagnostic)
      return false
    }
  }

  static let count =
    ProcessInfo.processInfo.environment["CALVARIA_MUTATIONS"].flatMap { Int($0) } ?? 700

  @Test(arguments: [
    "types.safetensors", "written.safetensors", "state.pth", "checkpoint.pth", "evil.pth",
    "f4.npy", "fortran.npy",
  ])
  func damagedFiles(name: String) throws {
    let good = try Fixtures.bytes(name)
    var numbers = SplitMix(state: UInt64(good.count))
    for _ in 0..<Self.count {
      _ = Self.check(Self.mutated(good, &numbers)) {
        name.hasSuffix("npy")
          ? [try NPY.read(bytes: $0)] : try TensorArchive(bytes: $0).tensors
      }
    }
  }

  /// Damage of the pickle alone, with a checksum that fits, so that its reader sees it.
  @Test func damagedPickles() throws {
    let file = try Fixtures.bytes("checkpoint.pth")
    // The first entry; its name, then its padding up to a multiple of 64.
    let start = 64
    let end = try #require(
      file.indices.first { file[$0...].starts(with: [0x50, 0x4b, 7, 8]) })
    #expect(Array(file[start..<start + 2]) == [0x80, 2])
    let pickle = Array(file[start..<end])
    var storages: [(name: String, bytes: [UInt8])] = []
    for size in 0..<25 { storages.append(("m/data/\(size)", .init(repeating: 1, count: 48))) }
    var numbers = SplitMix(state: 5)
    var read = 0
    for _ in 0..<Self.count {
      let damaged = Self.mutated(pickle, &numbers)
      if Self.check(
        TorchFile.zip([("m/data.pkl", damaged)] + storages),
        { try TensorArchive(bytes: $0).tensors })
      {
        read += 1
      }
    }
    #expect(read < Self.count)
  }

  /// Every beginning of a file is an error, never the tensors that it happens to hold.
  @Test(arguments: ["types.safetensors", "state.pth", "f4.npy"])
  func everyBeginning(name: String) throws {
    let good = try Fixtures.bytes(name)
    for count in stride(from: 0, to: good.count, by: name.hasSuffix("pth") ? 7 : 1) {
      let isRead = Self.check(Array(good.prefix(count))) {
        name.hasSuffix("npy")
          ? [try NPY.read(bytes: $0)] : try TensorArchive(bytes: $0).tensors
      }
      #expect(!isRead, "\(name) cut to \(count) bytes")
    }
  }
}
