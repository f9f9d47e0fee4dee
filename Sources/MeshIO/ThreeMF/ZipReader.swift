import CZip
import Errors

/// A zip archive in memory, opened for reading.
///
/// Entries are inflated as they are read, never as a whole, and to no more than ``bytesAllowed``, so that
/// no archive can take more time or memory than its own size justifies.
final class ZipReader {
  private let archive: OpaquePointer
  private let fileBytes: Int

  /// How many times its packed size an entry may have: models of millions of like triangles reach 30.
  static let mostExpansion = 100

  /// Bytes that an entry of this packed size may have.
  static func bytesAllowed(packed: Int) -> Int { (1 << 20) + packed * mostExpansion }

  /// Opens an archive; the bytes must outlive it.
  init(_ bytes: UnsafeRawBufferPointer) throws(Diagnostic) {
    fileBytes = bytes.count
    var error = zip_error_t()
    guard bytes.count >= 22,
      let source = zip_source_buffer_create(bytes.baseAddress, UInt64(bytes.count), 0, &error)
    else {
      throw Diagnostic(
        .truncated, field: "archive", expected: "a zip archive",
        found: counted(bytes.count, "byte"),
        remedy: "check that this is a 3MF file")
    }
    guard let opened = zip_open_from_source(source, ZIP_RDONLY, &error) else {
      zip_source_free(source)
      throw Diagnostic(
        .malformed, field: "archive", expected: "a zip archive",
        found: String(cString: zip_error_strerror(&error)),
        remedy: "check that this is a 3MF file, and copy or download it again")
    }
    archive = opened
  }

  deinit { zip_discard(archive) }

  /// Hands the bytes of an entry to `body`, block by block; its checksum is compared at the end.
  ///
  /// - Throws: `Diagnostic` where there is no such entry, it cannot be decoded, or it is larger than the
  ///   file justifies; what `body` throws.
  func read(
    _ name: String, into body: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let what = "part \(quoted(name))"
    // Names of parts differ in more than their letters' size.
    let index = zip_name_locate(archive, name, zip_flags_t(ZIP_FL_NOCASE))
    var status = zip_stat_t()
    guard index >= 0, zip_stat_index(archive, UInt64(index), 0, &status) == 0 else {
      throw Diagnostic(
        .missingField, field: what, expected: "it in the package", found: "none",
        remedy: "check that this is a 3MF file")
    }
    let packed = min(Int(clamping: status.comp_size), fileBytes)
    let allowed = Self.bytesAllowed(packed: packed)
    let isKnown =
      Int32(status.comp_method) == ZIP_CM_STORE || Int32(status.comp_method) == ZIP_CM_DEFLATE
    guard isKnown, status.encryption_method == 0 else {
      throw Diagnostic(
        .unsupported, field: what, expected: "it stored or deflated, not encrypted",
        found: "method \(status.comp_method), encryption \(status.encryption_method)",
        remedy: "export the mesh again")
    }
    guard status.size <= UInt64(allowed) else { throw bomb(what, packed) }
    guard let entry = zip_fopen_index(archive, UInt64(index), 0) else {
      throw corrupt(what, zip_get_error(archive).pointee)
    }
    defer { zip_fclose(entry) }
    var total = 0
    try withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 16) { block in
      while true {
        let count = zip_fread(entry, block.baseAddress!, UInt64(block.count))
        guard count >= 0 else { throw corrupt(what, zip_file_get_error(entry).pointee) }
        if count == 0 { return }
        total += Int(count)
        guard total <= allowed else { throw bomb(what, packed) }
        try body(UnsafeRawBufferPointer(rebasing: block[..<Int(count)]))
      }
    }
  }

  private func bomb(_ what: String, _ packed: Int) -> Diagnostic {
    Diagnostic(
      .tooLarge, field: what,
      expected: "at most \(Self.mostExpansion) times its \(counted(packed, "byte")) in the archive",
      found: "more", remedy: "if you trust the file, unpack the archive and pack it again stored")
  }

  private func corrupt(_ what: String, _ error: zip_error_t) -> Diagnostic {
    var error = error
    return Diagnostic(
      .corrupt, field: what, expected: "to decode it",
      found: String(cString: zip_error_strerror(&error)),
      remedy: "copy or download the file again")
  }
}
