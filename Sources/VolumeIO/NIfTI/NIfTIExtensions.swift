import Errors
import Files

/// One header extension: bytes that some other program understands.
struct NIfTIExtension: Sendable, Hashable {
  /// ecode.
  var code: Int32
  /// edata, without byte order.
  var bytes: [UInt8]
}

/// Where the header extensions of a NIfTI file are: checked when the file is opened, read on request.
///
/// *Source*: nifti1.h, "HEADER EXTENSIONS". As it asks, extensions that run past the voxels or past the
/// end of the file are ignored, all of them; that is said.
struct NIfTIExtensions: Sendable {
  let warnings: [String]
  private let file: InputFile
  private let isGzip: Bool
  private let isSwapped: Bool
  /// The bytes of the (decompressed) file that hold the extensions, none where there are none.
  private let range: Range<Int>

  /// Larger sets are not kept: nobody stores a volume's worth of text beside it.
  private static let most = 1 << 26

  /// - Parameter start: the first bytes of the header's file, decompressed.
  init(_ file: InputFile, isGzip: Bool, header: NIfTIHeader, start: [UInt8]) throws {
    self.file = file
    let path = file.path
    self.isGzip = isGzip
    isSwapped = header.endian != .host
    let mark = NIfTIHeader.byteCount(version: header.version)
    guard start.count > mark, start[mark] != 0 else {
      (warnings, range) = ([], 0..<0)
      return
    }
    // Behind a compressed header of a pair, the end shows itself.
    let end = header.isPair ? isGzip ? mark + 4 + Self.most : file.size : header.voxelOffset
    guard end - (mark + 4) <= Self.most else {
      warnings = ["\(path): extension: more than \(Self.most) bytes of extensions are ignored"]
      range = 0..<0
      return
    }
    let stated = (mark + 4)..<max(mark + 4, end)
    var walk = try ExtensionWalk(
      file, isGzip: isGzip, isSwapped: isSwapped, range: stated)
    do {
      while try walk.next(keeping: false) != nil {}
      (warnings, range) = ([], stated)
    } catch let trouble as ExtensionWalk.Trouble {
      warnings = ["\(path): extension: \(trouble.sentence); all extensions are ignored"]
      range = 0..<0
    }
  }

  /// The extensions in order.
  func read() throws -> [NIfTIExtension] {
    guard !range.isEmpty else { return [] }
    var walk = try ExtensionWalk(file, isGzip: isGzip, isSwapped: isSwapped, range: range)
    var all: [NIfTIExtension] = []
    do {
      while let one = try walk.next(keeping: true) { all.append(one) }
    } catch let trouble as ExtensionWalk.Trouble {
      throw Diagnostic(
        .corrupt, file.path, field: "extension", expected: "the extensions as they were",
        found: trouble.sentence, remedy: "the file changed while it was read; try again")
    }
    return all
  }

  /// The four bytes behind a header and the extensions that follow them.
  static func bytes(_ extensions: [NIfTIExtension], endian: Endianness) -> [UInt8] {
    guard !extensions.isEmpty else { return [0, 0, 0, 0] }
    var out: [UInt8] = [1, 0, 0, 0]
    for one in extensions {
      let size = (one.bytes.count + 8 + 15) / 16 * 16
      for word in [Int32(size), one.code] {
        withUnsafeBytes(of: endian == .little ? word.littleEndian : word.bigEndian) { out += $0 }
      }
      out += one.bytes
      out += [UInt8](repeating: 0, count: size - 8 - one.bytes.count)
    }
    return out
  }
}

/// Goes from extension to extension.
private struct ExtensionWalk: ~Copyable {
  /// What is wrong with the list.
  struct Trouble: Error { let sentence: String }

  private let file: InputFile
  private var inflater: Inflater?
  private let isSwapped: Bool
  private var offset: Int
  private let end: Int
  private var count = 0
  /// Inflated bytes before the first extension that are still to be dropped.
  private var toDrop = 0

  init(_ file: InputFile, isGzip: Bool, isSwapped: Bool, range: Range<Int>) throws {
    // A noncopyable value cannot be replaced in an initialiser that throws.
    if isGzip {
      inflater = Inflater(FileSection(file, from: 0))
    } else {
      inflater = nil
    }
    self.file = file
    self.isSwapped = isSwapped
    (offset, end) = (range.lowerBound, range.upperBound)
    toDrop = isGzip ? offset : 0
  }

  /// The next extension, without its bytes unless they are to be kept; nil at the end.
  mutating func next(keeping: Bool) throws -> NIfTIExtension? {
    while toDrop > 0 {
      let got = try inflated(min(toDrop, 1 << 16)).count
      if got == 0 { return nil }
      toDrop -= got
    }
    guard offset < end else { return nil }
    let head = try bytes(min(8, end - offset))
    // Fewer bytes than an extension's head are padding; so are zeros.
    guard head.count == 8, head.contains(where: { $0 != 0 }) else { return nil }
    let size = Int(word(head, 0))
    count += 1
    guard size >= 16, size % 16 == 0, count <= 1 << 16 else {
      throw Trouble(sentence: "expected esize to be a positive multiple of 16, found \(size)")
    }
    guard size - 8 <= end - offset else {
      throw Trouble(
        sentence: "expected at most \(counted(end - offset + 8, "byte")), found esize \(size)")
    }
    var rest = size - 8
    var kept: [UInt8] = []
    while rest > 0 {
      let got = try bytes(min(rest, 1 << 16))
      guard !got.isEmpty else {
        throw Trouble(sentence: "expected \(counted(size, "byte")), found the end of the file")
      }
      rest -= got.count
      if keeping { kept += got }
    }
    return NIfTIExtension(code: word(head, 4), bytes: kept)
  }

  private func word(_ bytes: [UInt8], _ offset: Int) -> Int32 {
    let word = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: Int32.self) }
    return isSwapped ? word.byteSwapped : word
  }

  /// Up to so many bytes; fewer only at the end.
  private mutating func bytes(_ count: Int) throws -> [UInt8] {
    let got = inflater == nil ? try file.bytes(at: offset, count: count) : try inflated(count)
    offset += got.count
    return got
  }

  private mutating func inflated(_ count: Int) throws -> [UInt8] {
    var block = [UInt8](repeating: 0, count: count)
    do {
      let got = try block.withUnsafeMutableBytes { try inflater!.read(into: $0) }
      return Array(block[..<got])
    } catch let failure as CodecFailure {
      throw Trouble(sentence: "expected gzip data, found \(failure)")
    }
  }
}
