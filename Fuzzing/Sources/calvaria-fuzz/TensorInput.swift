import BetaVAE
import TensorFiles

/// Files of tensors: read, written as safetensors, read again; made a network of where they are one.
enum TensorInput {
  static func take(_ bytes: [UInt8]) throws {
    let archive = try TensorArchive(bytes: bytes)
    let held = archive.tensors.reduce(0) { $0 + $1.bytes.count }
    // Views of one storage may overlap, so a state dict may hold more than its file; not without end.
    guard held <= 64 * bytes.count + 1 << 20 else {
      fatalError("\(bytes.count) bytes became \(held)")
    }
    for tensor in archive.tensors { _ = try? tensor.floats() }
    try writeAndRead(archive)
    _ = try ModelFile.read(archive)
  }

  private static func writeAndRead(_ archive: TensorArchive) throws {
    let written: [UInt8]
    do { written = try archive.safetensorsBytes() } catch { return }
    do {
      let again = try TensorArchive(bytes: written)
      guard again.tensors == archive.tensors, again.metadata == archive.metadata else {
        fatalError("what was written reads back as something else")
      }
    } catch {
      // An archive without tensors and texts is none.
      guard archive.tensors.isEmpty else { fatalError("what was written cannot be read: \(error)") }
    }
  }

  // MARK: Mending what a mutation broke

  /// Makes the length of a safetensors header that of the JSON object that follows it.
  static func repairHeaderLength(of bytes: UnsafeMutableRawBufferPointer) {
    guard bytes.count > 9, bytes[8] == UInt8(ascii: "{") else { return }
    var (depth, isText, isEscaped) = (0, false, false)
    for (index, byte) in bytes.enumerated().dropFirst(8) {
      if isText {
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          isText = false
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): isText = true
      case UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: "}"):
        depth -= 1
        guard depth == 0 else { continue }
        var end = index + 1
        while end < bytes.count, end % 8 != 0, bytes[end] == 0x20 { end += 1 }
        bytes.storeBytes(of: UInt64(end - 8).littleEndian, as: UInt64.self)
        return
      default: break
      }
    }
  }

  /// Makes the checksums in the directory of a zip archive those of the entries, where they lie inside.
  static func repairChecksums(of bytes: UnsafeMutableRawBufferPointer) {
    func number(_ place: Int, _ length: Int) -> Int {
      (0..<length).reversed().reduce(0) { $0 << 8 | Int(bytes[place + $1]) }
    }
    var place = 0
    while place + 46 <= bytes.count {
      guard number(place, 4) == 0x0201_4b50 else {
        place += 1
        continue
      }
      let (size, start) = (number(place + 24, 4), number(place + 42, 4))
      if start + 30 <= bytes.count {
        let data = start + 30 + number(start + 26, 2) + number(start + 28, 2)
        if data + size <= bytes.count {
          let entry = UnsafeRawBufferPointer(rebasing: bytes[data..<data + size])
          bytes.storeBytes(
            of: GzipFrame.checksum(entry).littleEndian, toByteOffset: place + 16, as: UInt32.self)
        }
      }
      place += 46
    }
  }
}
