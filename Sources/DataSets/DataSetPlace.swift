import Glibc

/// Where a data set lies, found from any of its folders.
struct DataSetPlace {
  /// The folder of the set; empty for the working folder.
  let root: String
  /// The folders below it to look through.
  let focus: [[String]]
  /// The name of the root.
  let own: String

  /// Goes from a folder of a role, or of a kind in a role, up to the folder of its set.
  init(_ path: String) {
    let path = VolumeTree.withoutTrailingSlashes(path)
    let real = realpath(path, nil).map { pointer in
      defer { free(pointer) }
      return String(cString: pointer)
    }
    // The path as written comes first: a link may be named as a role and lie beside the other roles.
    for spelling in [path, real].compactMap({ $0 }) {
      guard let (base, names) = Self.climbed(spelling) else { continue }
      root = base
      own = Self.name(of: base.isEmpty ? "." : base)
      let kind = names.dropFirst()
      switch RoleNames.canonical(names[0]) {
      case "defective_skull":
        focus =
          [Array(names)]
          + Self.siblings(of: base, "implant").map { [$0] + kind }
          + Self.siblings(of: base, "complete_skull").map { [$0] }
      case "input": focus = [Array(names), ["gt"]]
      default: focus = [Array(names)]
      }
      return
    }
    root = path == "." ? "" : path
    focus = [[]]
    own = Self.name(of: path)
  }

  /// The folder above a role, and the names from there on; nil if the path has no role.
  private static func climbed(_ path: String) -> (base: String, names: [String])? {
    let parts = path.split(separator: "/").map(String.init).filter { $0 != "." }
    for depth in [1, 2] where parts.count >= depth {
      let names = Array(parts.suffix(depth))
      guard !names.contains("..") else { return nil }
      let base = (path.hasPrefix("/") ? "/" : "") + parts.dropLast(depth).joined(separator: "/")
      let isRole =
        ["defective_skull", "craniotomy_skull"].contains(RoleNames.canonical(names[0]))
        || (depth == 1 && names[0] == "input"
          && VolumeTree.isFolder(VolumeTree.join(base, "gt")))
      if isRole { return (base, names) }
    }
    return nil
  }

  /// The folders of a role, as they are spelled.
  private static func siblings(of base: String, _ role: String) -> [String] {
    guard let stream = opendir(base.isEmpty ? "." : base) else { return [] }
    defer { closedir(stream) }
    var found: [String] = []
    while let entry = readdir(stream) {
      let bytes = UnsafeRawPointer(entry) + MemoryLayout<dirent>.offset(of: \.d_name)!
      let name = String(cString: bytes.assumingMemoryBound(to: CChar.self))
      if RoleNames.canonical(name) == role { found.append(name) }
    }
    return found.sorted(by: VolumeNames.precedes)
  }

  private static func name(of path: String) -> String {
    guard let real = realpath(path, nil) else { return "" }
    defer { free(real) }
    return String(cString: real).split(separator: "/").last.map(String.init) ?? ""
  }
}
