import CZip
import Errors
import Files
import Glibc

/// Takes the slices out of a zip archive.
///
/// Names in the archive are not used, so none can lead out of the folder; what does not begin as a DICOM file is left in it;
/// and no archive takes more disk than its own size justifies.
final class ZipExtraction {
  private let path: String
  private let archive: OpaquePointer
  private let fileBytes: Int

  /// How many times the archive's size its slices may have, and how much they may have in any case.
  private static let (mostExpansion, always) = (20, 1 << 28)
  private static let mostEntries: Int64 = 200_000

  init(_ path: String) throws(Diagnostic) {
    self.path = path
    fileBytes = try InputFile(path).size
    var error: Int32 = 0
    guard let opened = zip_open(path, ZIP_RDONLY, &error) else {
      var status = zip_error_t()
      zip_error_init_with_code(&status, error)
      defer { zip_error_fini(&status) }
      throw Diagnostic(
        .malformed, path, field: "archive", expected: "a zip archive",
        found: String(cString: zip_error_strerror(&status)), remedy: "copy or download it again")
    }
    archive = opened
  }

  deinit { zip_discard(archive) }

  /// Writes every slice as a file with a number.
  ///
  /// - Returns: how many there are.
  /// - Throws: `Diagnostic` where an entry is damaged or encrypted, they are too large, or the disk is full.
  func writeSlices(into folder: String, shouldStop: () -> Bool) throws(Diagnostic) -> Int {
    let count = zip_get_num_entries(archive, 0)
    guard count <= Self.mostEntries else {
      throw tooLarge("\(count) entries", "at most \(Self.mostEntries)")
    }
    var (slices, bytes) = (0, 0)
    let allowed = Self.always + Self.mostExpansion * fileBytes
    for index in 0..<UInt64(max(0, count)) where !shouldStop() {
      var status = zip_stat_t()
      guard zip_stat_index(archive, index, 0, &status) == 0, status.size >= 132 else { continue }
      guard let entry = zip_fopen_index(archive, index, 0) else {
        throw damaged(zip_get_error(archive).pointee)
      }
      defer { zip_fclose(entry) }
      let start = try block(of: entry, 132)
      guard DICOMSource.isSlice(start) else { continue }
      let name = "\(folder)/\(slices).dcm"
      let file = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
      guard file >= 0 else { throw unwritable(name) }
      defer { close(file) }
      var part = start
      while !part.isEmpty {
        bytes += part.count
        guard bytes <= allowed else {
          throw tooLarge(
            "more", "at most \(Diagnostic.megabytes(allowed)) in an archive of this size")
        }
        var done = 0
        while done < part.count {
          let written = part[done...].withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
          if written < 0, errno == EINTR { continue }
          guard written > 0 else { throw unwritable(name) }
          done += written
        }
        part = try block(of: entry, 1 << 16)
      }
      slices += 1
    }
    return slices
  }

  /// The next bytes of an entry; fewer, or none, at its end.
  private func block(of entry: OpaquePointer, _ most: Int) throws(Diagnostic) -> [UInt8] {
    var block = [UInt8](repeating: 0, count: most)
    var count = 0
    while count < most {
      let got = block[count...].withUnsafeMutableBytes {
        zip_fread(entry, $0.baseAddress, UInt64($0.count))
      }
      guard got >= 0 else { throw damaged(zip_file_get_error(entry).pointee) }
      if got == 0 { break }
      count += Int(got)
    }
    return Array(block.prefix(count))
  }

  private func damaged(_ error: zip_error_t) -> Diagnostic {
    var error = error
    return Diagnostic(
      .corrupt, path, field: "archive", expected: "entries that can be unpacked",
      found: String(cString: zip_error_strerror(&error)),
      remedy: "copy or download it again; unpack it first if it has a password")
  }

  private func tooLarge(_ found: String, _ expected: String) -> Diagnostic {
    Diagnostic(
      .tooLarge, path, field: "archive", expected: expected, found: found,
      remedy: "if you trust it, unpack it and name the folder")
  }

  private func unwritable(_ name: String) -> Diagnostic {
    Diagnostic(
      .unwritable, name, field: "output", expected: "to unpack the archive there",
      found: String(cString: strerror(errno)), remedy: "free space, or choose another output folder"
    )
  }
}
