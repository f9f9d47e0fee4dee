import Errors
import VolumeIO
import Glibc

/// A volume file in the scratch folder.
struct VolumeInput {
  private let path: String
  private let count: Int
  /// The most data files that the text may name, and so the times that its bytes may be decoded.
  private let most: Int

  init(_ bytes: UnsafeRawBufferPointer, name: String) {
    ScratchFolder.write(bytes, to: name)
    path = ScratchFolder.path(name)
    count = bytes.count
    most = bytes.count { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") } + 4
  }

  func file() throws -> ImageFile { try ImageFile(opening: path) }

  /// The voxels; nil where there are more than a run has time for.
  func elements() throws -> ElementBuffer? {
    let file = try file()
    _ = file.info.json()
    let demand = file.demand - (8 << 20)
    // No more than deflate can make of each byte, or what is granted to any bzip2 data.
    let limit = 1032 * (count + 64) + (file.info.encoding == .bzip2 ? 1 << 29 : 0)
    guard demand <= limit * most else { fatalError("\(count) bytes ask for \(demand)") }
    guard demand < 1 << 18 else { return nil }
    let elements = try file.elements()
    guard elements.byteCount == demand else { fatalError("\(demand) became \(elements.byteCount)") }
    do {
      let volume = try file.volume(applyScaling: true)
      guard volume.geometry.sizes.count * volume.scalarType.byteCount >= 1 else {
        fatalError("an empty volume")
      }
    } catch is Diagnostic {
      // More axes than a volume has.
    }
    return elements
  }

  /// Rewrites the file and hands on what was written, which no reader of ours may refuse; what cannot be
  /// written in the format is left out.
  func convert(to name: String, _ check: (ImageFile) throws -> Void) throws {
    let output = ScratchFolder.path(name)
    do {
      try Conversion.convert(path, to: output)
    } catch let error as Diagnostic {
      switch error.code {
      case .unreadable, .truncated, .corrupt, .unwritable, .missingField:
        fatalError("what could be read cannot be converted: \(error)")
      default: return
      }
    }
    defer { ScratchFolder.remove(name) }
    do {
      try check(try ImageFile(opening: output))
    } catch {
      fatalError("what was written cannot be read: \(error)")
    }
  }

  static func same(_ a: ElementBuffer, _ b: ElementBuffer, _ what: String) {
    let isSame = a.withBytes { a in
      b.withBytes { b in a.count == b.count && memcmp(a.baseAddress!, b.baseAddress!, a.count) == 0
      }
    }
    guard isSame else { fatalError("\(what) are others than those read") }
  }
}
