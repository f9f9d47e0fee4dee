import CZip
import Errors

/// The parts of a package, in a zip archive in memory.
enum ZipPackage {
  /// Hands an archive to `sink`: entries deflated quickly, in order, with the date 1980-01-01.
  static func write(
    _ entries: [(name: String, bytes: [UInt8])], to sink: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    var status = zip_error_t()
    guard let target = zip_source_buffer_create(nil, 0, 0, &status) else { throw failure(status) }
    defer { zip_source_free(target) }
    zip_source_keep(target)
    guard let archive = zip_open_from_source(target, ZIP_TRUNCATE, &status) else {
      zip_source_free(target)
      throw failure(status)
    }
    // The bytes are read when the archive is closed.
    try withBytes(of: entries.map(\.bytes)[...], []) { blocks in
      for (entry, block) in zip(entries, blocks) {
        let source = zip_source_buffer_create(
          block.baseAddress, UInt64(block.count), 0, &status)
        guard let source else {
          zip_discard(archive)
          throw failure(status)
        }
        let index = zip_file_add(archive, entry.name, source, zip_flags_t(ZIP_FL_ENC_UTF_8))
        guard index >= 0 else {
          zip_source_free(source)
          status = zip_get_error(archive).pointee
          let error = failure(status)
          zip_discard(archive)
          throw error
        }
        zip_set_file_compression(archive, UInt64(index), ZIP_CM_DEFLATE, 1)
        // `zip_file_set_mtime` would write a time that depends on the time zone.
        zip_file_set_dostime(archive, UInt64(index), 0, 33, 0)
      }
      guard zip_close(archive) == 0 else {
        let error = failure(zip_get_error(archive).pointee)
        zip_discard(archive)
        throw error
      }
    }
    try read(target, into: sink)
  }

  /// Hands all of some arrays to `body` where they lie.
  private static func withBytes(
    of arrays: ArraySlice<[UInt8]>, _ before: [UnsafeRawBufferPointer],
    _ body: ([UnsafeRawBufferPointer]) throws -> Void
  ) throws {
    guard let first = arrays.first else { return try body(before) }
    try first.withUnsafeBytes {
      try withBytes(of: arrays.dropFirst(), before + [$0], body)
    }
  }

  private static func read(
    _ source: OpaquePointer, into sink: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    guard zip_source_open(source) == 0 else { throw failure(zip_source_error(source).pointee) }
    defer { zip_source_close(source) }
    try withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 16) { block in
      while true {
        let count = zip_source_read(source, block.baseAddress!, UInt64(block.count))
        guard count >= 0 else { throw failure(zip_source_error(source).pointee) }
        if count == 0 { return }
        try sink(UnsafeRawBufferPointer(rebasing: block[..<Int(count)]))
      }
    }
  }

  private static func failure(_ error: zip_error_t) -> Diagnostic {
    var error = error
    return Diagnostic(
      .unexpected, field: "archive", expected: "to write it",
      found: String(cString: zip_error_strerror(&error)), remedy: "report this as a bug")
  }
}
