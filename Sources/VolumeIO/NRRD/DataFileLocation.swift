import Errors
import Files
import Glibc

/// Finds data files beside their header, and refuses those elsewhere.
///
/// A name may be absolute, or lead through `..` or a symbolic link, as long as it stays in the folder.
///
/// A header may name 65,536 files, so a folder is resolved once, and a file that is no link in such a
/// folder costs one call.
struct DataFileLocation {
  /// The folder of the header as its path says.
  private let folder: String
  /// The same without links; nil where it cannot be resolved.
  private let root: String?
  /// What the folders of the names so far are without links, by their paths.
  private var realFolders: [String: String] = [:]
  private let headerPath: String
  private let line: Int?
  private let allowOutside: Bool

  init(headerPath: String, line: Int?, allowOutside: Bool) {
    self.headerPath = headerPath
    self.line = line
    self.allowOutside = allowOutside
    let slash = headerPath.utf8.lastIndex(of: UInt8(ascii: "/"))
    folder = slash.map { String(headerPath[...$0]) } ?? ""
    root = Self.resolved(folder.isEmpty ? "." : folder)
  }

  /// The path of a data file, once symbolic links and `..` are known not to leave the folder.
  ///
  /// - Throws: `Diagnostic` where they do, or the file is missing.
  mutating func path(of name: String) throws -> String {
    guard !name.isEmpty else { throw outside(name, expected: "a file name") }
    let isAbsolute = name.utf8.first == UInt8(ascii: "/")
    let path = isAbsolute ? name : folder + name
    if allowOutside {
      guard access(path, F_OK) == 0 else { throw missing(name) }
      return path
    }
    guard let root else { return path }
    // Before the disk is asked, so that the answer tells nothing about files elsewhere.
    var inside = name[...]
    if isAbsolute {
      guard
        let prefix = [root == "/" ? "/" : root + "/", folder].first(where: {
          $0.hasPrefix("/") && name.hasPrefix($0)
        })
      else { throw outside(name, expected: "a file in the header's folder") }
      inside = name.dropFirst(prefix.count)
    }
    var depth = 0
    for part in inside.split(separator: "/") where part != "." {
      depth += part == ".." ? -1 : 1
      if depth < 0 { throw outside(name, expected: "a file in the header's folder") }
    }
    guard let real = real(path) else { throw missing(name) }
    guard real.hasPrefix(root == "/" ? "/" : root + "/") else {
      throw outside(name, expected: "a file in the header's folder")
    }
    return path
  }

  /// The path without links and `..`; nil, with `errno`, where there is no such file.
  private mutating func real(_ path: String) -> String? {
    let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
    let last = slash.map { path[path.utf8.index(after: $0)...] } ?? path[...]
    var status = stat()
    guard !["", ".", ".."].contains(last), lstat(path, &status) == 0,
      status.st_mode & S_IFMT != S_IFLNK
    else { return Self.resolved(path) }
    let parent = slash.map { String(path[...$0]) } ?? "."
    if realFolders[parent] == nil { realFolders[parent] = Self.resolved(parent) }
    return realFolders[parent].map { ($0 == "/" ? "" : $0) + "/" + last }
  }

  private func missing(_ name: String) -> Diagnostic {
    Diagnostic(
      .unreadable, headerPath, at: line.map { Place(line: $0) }, field: "data file",
      expected: "a readable file \(quoted(name))", found: String(cString: strerror(errno)),
      remedy: "put the data file beside its header")
  }

  private func outside(_ name: String, expected: String) -> Diagnostic {
    Diagnostic(
      .outsideFolder, headerPath, at: line.map { Place(line: $0) }, field: "data file",
      expected: expected, found: quoted(name),
      remedy: "move the file there, or allow files outside the folder with --allow-outside")
  }

  private static func resolved(_ path: String) -> String? {
    guard let real = realpath(path, nil) else { return nil }
    defer { free(real) }
    return String(cString: real)
  }
}
