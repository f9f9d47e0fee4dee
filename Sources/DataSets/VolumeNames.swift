import VolumeIO
import Glibc

/// Which file names are those of volumes, and how cases are named after them.
package enum VolumeNames {
  /// The endings of volumes; for a detached header, that of the header and not of the data file.
  private static let endings = VolumeFormats.standard.endings.filter { $0.role != .voxels }.map {
    Array($0.text.utf8)
  }

  /// What a folder of volumes holds, as messages say it.
  package static let description =
    "volumes (\(VolumeFormats.standard.writtenEndings.joined(separator: ", ")))"

  /// A name without its ending, which may be in upper case; nil for hidden files and other files.
  ///
  /// Compared byte by byte, so that a combining accent before the dot is kept.
  package static func stem(of name: String) -> String? {
    let bytes = name.utf8
    guard let first = bytes.first, first != UInt8(ascii: ".") else { return nil }
    for ending in endings where bytes.count > ending.count {
      let isEnding = zip(bytes.suffix(ending.count), ending).allSatisfy { byte, wanted in
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
          ? byte | 0x20 == wanted : byte == wanted
      }
      if isEnding { return String(Substring(bytes.dropLast(ending.count))) }
    }
    return nil
  }

  /// A path without the ending of its file.
  package static func stem(ofPath path: String) -> String {
    let bytes = path.utf8
    let cut = bytes.lastIndex(of: UInt8(ascii: "/")).map { bytes.index(after: $0) }
    let head = String(path[..<(cut ?? path.startIndex)])
    let name = String(path[(cut ?? path.startIndex)...])
    return head + (stem(of: name) ?? name)
  }

  /// Names are sorted by their bytes, the same in every locale.
  static func precedes(_ one: String, _ other: String) -> Bool {
    let order = one.utf8.withContiguousStorageIfAvailable { one in
      other.utf8.withContiguousStorageIfAvailable { other in
        UnsafeRawBufferPointer(one).order(before: UnsafeRawBufferPointer(other))
      }
    }
    return (order ?? nil) ?? one.utf8.lexicographicallyPrecedes(other.utf8)
  }
}

extension UnsafeRawBufferPointer {
  /// Whether these bytes come before others.
  fileprivate func order(before other: UnsafeRawBufferPointer) -> Bool {
    guard let mine = baseAddress, let theirs = other.baseAddress else {
      return count < other.count
    }
    let order = memcmp(mine, theirs, Swift.min(count, other.count))
    return order == 0 ? count < other.count : order < 0
  }
}
