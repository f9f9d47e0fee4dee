/// Files that are not what their name says: what people have where a volume, a model or a pipeline should be.
public enum ForeignFile {
  /// The endings of meshes: modules below `MeshIO`, whose formats these are, tell them from volumes and archives.
  public static let meshEndings = [".stl", ".3mf", ".ply", ".obj"]

  /// Whether a file has the ending of a mesh, in whatever case.
  public static func isMesh(named path: String) -> Bool {
    meshEndings.contains { path.lowercased().hasSuffix($0) }
  }

  /// What the first bytes of a file show it to be, and what to do; nil for anything else.
  ///
  /// - Parameter bytes: some hundred bytes, fewer where the file is shorter.
  public static func recognised(by bytes: [UInt8]) -> (found: String, remedy: String)? {
    guard !bytes.isEmpty else {
      return ("an empty file", "get the file again, or write it again")
    }
    if let text = recognisedText(by: bytes) { return text }
    let marks: [([UInt8], String, String)] = [
      ([0x50, 0x4B, 3, 4], "a zip archive", "unpack it"),
      ([0x50, 0x4B, 5, 6], "an empty zip archive", "get it again"),
      ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], "a 7z archive", "unpack it"),
      ([0x52, 0x61, 0x72, 0x21, 0x1A, 7], "a RAR archive", "unpack it"),
      ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0], "an xz file", "unpack it with `xz -d`"),
      ([0x28, 0xB5, 0x2F, 0xFD], "a zstd file", "unpack it with `zstd -d`"),
      ([0x89, 0x50, 0x4E, 0x47], "a PNG picture", "name the volume, not a picture of it"),
      ([0xFF, 0xD8, 0xFF], "a JPEG picture", "name the volume, not a picture of it"),
      ([0x25, 0x50, 0x44, 0x46], "a PDF", "name the file itself"),
      ([0x89, 0x48, 0x44, 0x46], "an HDF5 file", "convert it first"),
    ]
    if let mark = marks.first(where: { bytes.starts(with: $0.0) }) { return (mark.1, mark.2) }
    if bytes.count >= 262, bytes[257..<262].elementsEqual("ustar".utf8) {
      return ("a tar archive", "unpack it")
    }
    return nil
  }

  /// As ``recognised(by:)``, of text only: pointers and pages, which no voxels look like.
  public static func recognisedText(by bytes: [UInt8]) -> (found: String, remedy: String)? {
    func begins(_ text: String) -> Bool { bytes.starts(with: Array(text.utf8)) }
    if begins("version https://git-lfs") {
      return ("a Git LFS pointer, not the file itself", "fetch it with `git lfs pull`")
    }
    if begins("/annex/objects/") || begins("../.git/annex/") || begins(".git/annex/") {
      return ("a git-annex pointer, not the file itself", "fetch it with `git annex get`")
    }
    let start = String(decoding: bytes.prefix(300), as: UTF8.self).lowercased()
      .drop { $0.isWhitespace || $0 == "\u{FEFF}" }
    if ["<!doctype html", "<html", "<head", "<?xml"].contains(where: start.hasPrefix) {
      return (
        start.hasPrefix("<?xml") ? "an XML file" : "a web page (HTML)",
        "the download gave a page, such as one to log in: get the file itself"
      )
    }
    return nil
  }
}
