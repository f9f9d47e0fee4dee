public import Dataflow
import Errors
public import Files
import VolumeIO

/// The files that a case was read from: a header and its data files.
public struct FilesRead: StageFact {
  /// The files; the one that the user named comes first.
  public let files: [FileRecord]

  init(files: [FileRecord]) { self.files = files }

  /// The files of an image, hashed as they were read.
  ///
  /// - Parameter known: digests by path, which are taken where they are of the same bytes.
  /// - Throws: `Diagnostic` where a file cannot be read, or has been changed since it was opened.
  init(_ image: ImageFile, known: [String: FileDigest] = [:]) throws(Diagnostic) {
    files = try image.files.map { file throws(Diagnostic) in
      if let digest = known[file.path], digest.stamp == file.stamp {
        try file.requireUnchanged()
        return FileRecord(file.path, digest)
      }
      return FileRecord(file.path, try FileDigest(of: file))
    }
  }
}

extension FileRecord {
  init(_ path: String, _ digest: FileDigest) {
    self.init(path: path, bytes: digest.stamp.size, sha256: digest.sha256)
  }
}
