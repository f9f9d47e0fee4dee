package import Errors
import Files
import Glibc

/// The folders below a folder, and the names of volumes in each; no volume is opened.
///
/// Everything that is named like a volume counts as one, even a folder, a pipe or a broken link, and is not
/// entered. Hidden files and folders are skipped, and so are folders that `batch` wrote its outputs into.
/// Every folder is entered once: first the real ones, then those that links lead to. So a circle of links
/// ends, and links do not change where a file is found.
package struct VolumeTree: Sendable {
  package struct Folder: Sendable {
    /// The names of the folders from the root to this one.
    package var components: [String]
    /// The names of the volumes in it, sorted by their bytes.
    var names: [String]

    /// The same with the roles of data sets as they are named in the published sets, whatever their case and number:
    /// `defective_skull` for `Defective_Skulls`.
    var roles: [String] { components.map(RoleNames.canonical) }

    /// The path below the root; empty for the root.
    var path: String { components.joined(separator: "/") }
    /// The path of one of its files below the root.
    package func path(of name: String) -> String { components.isEmpty ? name : "\(path)/\(name)" }
  }

  /// The root, as a prefix of paths; empty for the working folder.
  package let root: String
  /// The folders, sorted by the bytes of their paths, also those without a volume.
  package let folders: [Folder]
  /// What was not entered, or has a name that cannot be used, one sentence each.
  package let warnings: [String]
  /// Folders that cannot be read, by their paths below the root, with the reason.
  let unreadable: [(place: String, reason: String)]

  package var count: Int { folders.reduce(0) { $0 + $1.names.count } }

  /// The volumes, each with its folder.
  package var volumes: [(folder: Folder, name: String)] {
    folders.flatMap { folder in folder.names.map { (folder, $0) } }
  }

  /// Lists the folders below `root`.
  ///
  /// - Parameters:
  ///   - root: the folder; empty for the working folder.
  ///   - places: the folders below it to enter, instead of all; missing ones are ignored.
  ///   - folders: folders to leave out; any path to them will do. The root is always entered.
  /// - Throws: `Diagnostic` if the root is missing, not a folder, or cannot be read.
  /// - Complexity: O(n log n) in the entries; one pass over each folder, a `stat` for each
  ///   folder and link, none for volumes.
  package init(_ root: String, only places: [[String]] = [[]], excluding excluded: [String] = [])
    throws(Diagnostic)
  {
    let root = Self.withoutTrailingSlashes(root)
    try Self.requireFolder(root)
    self.root = root
    var walk = Walk(root: root, excluded: excluded)
    walk.enter(places)
    folders = walk.folders.map { ($0.path, $0) }
      .sorted { VolumeNames.precedes($0.0, $1.0) }.map(\.1)
    warnings = walk.warnings
    unreadable = walk.unreadable.map { ($0.place, $0.reason) }
  }

  /// The full path of a path below the root.
  package func path(_ place: String) -> String { Self.join(root, place) }

  /// A path below a folder; an empty folder means the working folder.
  static func join(_ folder: String, _ place: String) -> String {
    if folder.isEmpty { return place }
    if place.isEmpty { return folder }
    return folder.hasSuffix("/") ? folder + place : "\(folder)/\(place)"
  }

  static func withoutTrailingSlashes(_ path: String) -> String {
    var path = path
    while path.utf8.count > 1, path.utf8.last == UInt8(ascii: "/") { path.removeLast() }
    return path
  }

  /// Whether a path leads to a folder.
  package static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path.isEmpty ? "." : path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Refuses a path that is not a folder that can be listed.
  ///
  /// - Throws: `Diagnostic`.
  static func requireFolder(_ path: String) throws(Diagnostic) {
    func refusal(_ found: String) -> Diagnostic {
      Diagnostic(
        .unreadable, path.isEmpty ? "." : path, field: "folder",
        expected: "a folder of volumes that can be read", found: found, remedy: "correct the path")
    }
    var status = stat()
    guard stat(path.isEmpty ? "." : path, &status) == 0 else {
      throw refusal(errno == ENOENT ? "nothing" : String(cString: strerror(errno)))
    }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      throw refusal(status.st_mode & S_IFMT == S_IFREG ? "a file" : "a device or pipe")
    }
    guard let stream = opendir(path.isEmpty ? "." : path) else {
      throw refusal(String(cString: strerror(errno)))
    }
    closedir(stream)
  }
}

/// One pass over folders.
private struct Walk {
  private typealias Stream = OpaquePointer

  /// What identifies a folder, whatever its path: device and inode.
  package struct Identity: Hashable {
    let device: UInt64
    let number: UInt64

    /// The folder at a path; nil if there is none.
    init?(_ path: String) {
      var status = stat()
      guard stat(path.isEmpty ? "." : path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
        return nil
      }
      (device, number) = (UInt64(truncatingIfNeeded: status.st_dev), UInt64(status.st_ino))
    }
  }

  let root: String
  let excluded: Set<Identity>
  /// The folders above the root: a link to one of them would lead through the whole disk.
  private var above: Set<Identity> = []
  private var entered: Set<Identity> = []
  private(set) var folders: [VolumeTree.Folder] = []

  private var repeated: [String] = []
  /// Folders that an earlier run wrote into: their implants are not cases.
  private var outputs: [String] = []
  private(set) var unreadable: [(place: String, reason: String)] = []
  private var unnameable: [String] = []

  init(root: String, excluded: [String]) {
    self.root = root
    self.excluded = Set(excluded.compactMap(Identity.init))
    if let real = realpath(root.isEmpty ? "." : root, nil) {
      var path = String(cString: real)
      free(real)
      while let slash = path.lastIndex(of: "/"), path != "/" {
        path = slash == path.startIndex ? "/" : String(path[..<slash])
        if let identity = Identity(path) { above.insert(identity) }
      }
    }
  }

  /// Lists folders and all folders below them; those that links lead to come last.
  mutating func enter(_ places: [[String]]) {
    // From the folder of a role, that of the set is one above.
    if !places.contains([]), let identity = Identity(root) { above.insert(identity) }
    // Taken from the end.
    var real = Array(
      places.filter {
        VolumeTree.isFolder(VolumeTree.join(root, $0.joined(separator: "/")))
      }.reversed())
    var links: [[String]] = []
    var next = 0
    while true {
      if let place = real.popLast() {
        let (below, linked) = list(place)
        real += below.reversed().map { place + [$0] }
        links += linked.map { place + [$0] }
      } else if next < links.count {
        real.append(links[next])
        next += 1
      } else {
        break
      }
    }
  }

  /// The folders in a folder, and the links that may lead to others.
  private mutating func list(_ place: [String]) -> (folders: [String], links: [String]) {
    let name = place.joined(separator: "/")
    let path = VolumeTree.join(root, name)
    errno = 0
    guard let identity = Identity(path) else {
      // A link may lead nowhere or to a file; what is there and cannot be looked at is told.
      if [EACCES, EIO, ENAMETOOLONG, ESTALE].contains(errno) {
        unreadable.append((name, String(cString: strerror(errno))))
      }
      return ([], [])
    }
    if !place.isEmpty, excluded.contains(identity) { return ([], []) }
    if !place.isEmpty, VolumeTree.isFolder(VolumeTree.join(path, ".calvaria")) {
      outputs.append(name)
      return ([], [])
    }
    guard !above.contains(identity), entered.insert(identity).inserted else {
      repeated.append(name)
      return ([], [])
    }
    guard let stream = opendir(path.isEmpty ? "." : path) else {
      unreadable.append((name, String(cString: strerror(errno))))
      return ([], [])
    }
    defer { closedir(stream) }
    var (volumes, below, links): ([String], [String], [String]) = ([], [], [])
    var repaired: Set<String> = []
    while let entry = Self.next(in: stream) {
      let bytes = UnsafeRawPointer(entry) + MemoryLayout<dirent>.offset(of: \.d_name)!
      guard bytes.load(as: UInt8.self) != UInt8(ascii: ".") else { continue }
      let text = bytes.assumingMemoryBound(to: CChar.self)
      let name = String(cString: text)
      if VolumeNames.stem(of: name) != nil {
        if String(validatingCString: text) == nil {
          // No path can express this name. There is one warning for all of them.
          unnameable.append(VolumeTree.join(place.joined(separator: "/"), name))
          guard repaired.insert(name).inserted else { continue }
        }
        volumes.append(name)
        continue
      }
      switch Int32(entry.pointee.d_type) {
      case Int32(DT_DIR): below.append(name)
      case Int32(DT_LNK): links.append(name)
      case Int32(DT_UNKNOWN):
        // Some file systems do not tell the type; `stat` decides.
        var status = stat()
        guard lstat(VolumeTree.join(path, name), &status) == 0 else { break }
        if status.st_mode & S_IFMT == S_IFDIR { below.append(name) }
        if status.st_mode & S_IFMT == S_IFLNK { links.append(name) }
      default: break
      }
    }
    if errno != 0 { unreadable.append((name, String(cString: strerror(errno)))) }
    folders.append(
      VolumeTree.Folder(
        components: place, names: volumes.sorted(by: VolumeNames.precedes)))
    return (below.sorted(by: VolumeNames.precedes), links.sorted(by: VolumeNames.precedes))
  }

  /// The next entry; nil with `errno` 0 at the end.
  private static func next(in stream: Stream) -> UnsafeMutablePointer<dirent>? {
    errno = 0
    return readdir(stream)
  }

  var warnings: [String] {
    var lines: [String] = []
    if let first = unreadable.first {
      lines.append(
        "\(counted(unreadable.count, "folder")) cannot be read, and what is in "
          + "\(unreadable.count == 1 ? "it" : "them") is left out, such as \(first.place): "
          + first.reason)
    }
    if let first = repeated.first {
      lines.append(
        "\(counted(repeated.count, "link")) to folders that are listed already, or stand "
          + "above, \(repeated.count == 1 ? "is" : "are") not followed, such as \(first)")
    }
    if let first = outputs.first {
      lines.append(
        "\(counted(outputs.count, "folder")) with the outputs of earlier runs "
          + "\(outputs.count == 1 ? "is" : "are") left out, such as \(first)")
    }
    if let first = unnameable.first {
      lines.append(
        "\(counted(unnameable.count, "file")) with a name that is not UTF-8 cannot be opened, "
          + "such as \(first); rename \(unnameable.count == 1 ? "it" : "them")")
    }
    return lines
  }
}
