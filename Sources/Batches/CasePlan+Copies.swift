import Errors
import Files
import Glibc

extension CasePlan {
  /// Copies the files that were written for the same bytes under another name: a renamed case costs a copy,
  /// not a run.
  ///
  /// - Throws: `Diagnostic`, with code `transient` if a file was changed since it was written.
  mutating func copyFiles(in folder: String, as name: String) throws {
    guard var former, former.name != name else { return }
    for (from, to) in copies {
      guard let place = former.outputs.firstIndex(where: { $0.file == from }) else { continue }
      let target = "\(folder)/\(to)"
      if former.outputs[place].stamp == nil {
        // Nothing was written, so no file may be there.
        unlink(target)
      } else {
        try Folders.make(
          String(target[..<(target.lastIndex(of: "/") ?? target.endIndex)]))
        try Self.copy("\(folder)/\(from)", of: former.outputs[place].sha256, to: target)
        former.outputs[place].stamp = FileStamp(target)
      }
      former.outputs[place].file = to
    }
    former.name = name
    self.former = former
    isRenamed = true
  }

  private static func copy(_ source: String, of sha256: String?, to target: String) throws {
    let file = try InputFile(source)
    try AtomicFile.write(to: target) { sink in
      var digest = SHA256()
      var place = 0
      while place < file.size {
        let bytes = try file.bytes(at: place, count: 1 << 20)
        guard !bytes.isEmpty else { break }
        bytes.withUnsafeBytes { digest.update($0) }
        try sink.write(bytes)
        place += bytes.count
      }
      guard digest.hexDigest() == sha256 else {
        throw Diagnostic(
          .transient, source, field: "file", expected: "the bytes that were written",
          found: "others", remedy: "it is made again")
      }
    }
  }
}
