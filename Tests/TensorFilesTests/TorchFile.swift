/// Makes zip archives and pickles by hand, right and wrong ones.
enum TorchFile {
  /// Stored entries, as torch writes them, less its padding.
  static func zip(
    _ entries: [(name: String, bytes: [UInt8])], method: Int = 0, flags: Int = 0x800,
    isLong: Bool = false
  ) -> [UInt8] {
    var file: [UInt8] = []
    var directory: [UInt8] = []
    for (name, bytes) in entries {
      let common =
        number(flags, 2) + number(method, 2) + number(0, 4)
        + number(Int(checksum(bytes)), 4)
      let sizes = number(bytes.count, 4) + number(bytes.count, 4)
      // As beyond 4 GiB: sizes and place in the extra field 1, behind another field.
      let long = [UInt8](repeating: 255, count: 4)
      let extra =
        isLong
        ? number(0x4246, 2) + number(3, 2) + [1, 2, 3] + number(1, 2) + number(24, 2)
          + number(bytes.count, 8) + number(bytes.count, 8) + number(file.count, 8) : []
      directory += [0x50, 0x4b, 1, 2] + number(20, 2) + number(20, 2) + common
      directory += (isLong ? long + long : sizes) + number(name.utf8.count, 2)
      directory += number(extra.count, 2) + number(0, 2) + number(0, 2) + number(0, 2)
      directory += number(0, 4) + (isLong ? long : number(file.count, 4)) + Array(name.utf8) + extra
      file += [0x50, 0x4b, 3, 4] + number(20, 2) + common + sizes + number(name.utf8.count, 2)
      file += number(0, 2) + Array(name.utf8) + bytes
    }
    var end: [UInt8] = []
    if isLong {
      end += [0x50, 0x4b, 6, 6] + number(44, 8) + number(45, 2) + number(45, 2) + number(0, 8)
      end += number(entries.count, 8) + number(entries.count, 8)
      end += number(directory.count, 8) + number(file.count, 8)
      end += [0x50, 0x4b, 6, 7] + number(0, 4) + number(file.count + directory.count, 8)
      end += number(1, 4)
    }
    end += [0x50, 0x4b, 5, 6] + number(0, 4)
    if isLong {
      end += [UInt8](repeating: 255, count: 12)
    } else {
      end += number(entries.count, 2) + number(entries.count, 2) + number(directory.count, 4)
      end += number(file.count, 4)
    }
    return file + directory + end + number(0, 2)
  }

  /// An archive with a pickle and, where stated, one storage of zeros.
  static func archive(_ pickle: [UInt8], storage: Int = 0) -> [UInt8] {
    zip([("m/data.pkl", pickle), ("m/data/0", [UInt8](repeating: 0, count: storage))])
  }

  /// The pickle of a dict whose values are given as instructions.
  static func stateDict(_ values: KeyValuePairs<String, [UInt8]>) -> [UInt8] {
    [0x80, 2] + Array("}(".utf8) + values.flatMap { text($0.key) + $0.value } + Array("u.".utf8)
  }

  /// The instructions that rebuild a tensor of float32.
  static func tensor(
    shape: [Int], strides: [Int], offset: Int = 0, count: Int, key: String = "0",
    type: String = "FloatStorage"
  ) -> [UInt8] {
    global("torch._utils", "_rebuild_tensor_v2") + Array("((".utf8) + text("storage")
      + global("torch", type) + text(key) + text("cpu") + integer(count)
      + Array("tQ".utf8) + integer(offset) + tuple(shape) + tuple(strides) + [0x89]
      + global("collections", "OrderedDict") + Array(")RtR".utf8)
  }

  static func global(_ module: String, _ name: String) -> [UInt8] {
    Array("c\(module)\n\(name)\n".utf8)
  }
  static func text(_ text: String) -> [UInt8] {
    Array("X".utf8) + number(text.utf8.count, 4) + Array(text.utf8)
  }
  static func integer(_ value: Int) -> [UInt8] { [0x8a, 8] + number(value, 8) }
  static func tuple(_ values: [Int]) -> [UInt8] {
    Array("(".utf8) + values.flatMap(integer) + Array("t".utf8)
  }

  static func number(_ value: Int, _ length: Int) -> [UInt8] {
    (0..<length).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  /// CRC-32 bit by bit, independent of the library that the module asks.
  static func checksum(_ bytes: [UInt8]) -> UInt32 {
    var crc = UInt32.max
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xedb8_8320 : crc >> 1 }
    }
    return ~crc
  }
}
