import VolumeIO

/// The names of cases: file names without the endings of volumes, made different if they are equal.
public enum CaseNames {
  /// The endings that are left out of a name, the longest that fits.
  private static let endings = VolumeFormats.standard.endings.map(\.text)

  /// One name for each path, in order.
  ///
  /// Equal file names get as many parent folders as it takes to tell them apart (`a-001`, `b-001`). If a
  /// file is named twice, its names get numbers.
  public static func names(of paths: [String]) -> [String] {
    let parts = paths.map { path in
      path.split(separator: "/").map(String.init).filter { $0 != "." && $0 != ".." }
    }
    var depth = Array(repeating: 1, count: paths.count)
    var names = zip(parts, depth).map { name($0, depth: $1) }
    let deepest = parts.map(\.count).max() ?? 1
    for _ in 0..<deepest {
      let groups = Dictionary(grouping: names.indices) { names[$0] }
      var changed = false
      for group in groups.values where group.count > 1 {
        for index in group where depth[index] < parts[index].count {
          depth[index] += 1
          changed = true
        }
      }
      guard changed else { break }
      names = zip(parts, depth).map { name($0, depth: $1) }
    }
    var taken: Set<String> = []
    for index in names.indices {
      var candidate = names[index]
      var number = 2
      while !taken.insert(candidate).inserted {
        candidate = "\(names[index])-\(number)"
        number += 1
      }
      names[index] = candidate
    }
    return names
  }

  private static func name(_ parts: [String], depth: Int) -> String {
    guard let last = parts.last else { return "case" }
    let lowered = last.lowercased()
    let ending = endings.first { lowered.hasSuffix($0) && lowered.count > $0.count } ?? ""
    let stem = String(last.dropLast(ending.count))
    return safe((parts.dropLast().suffix(depth - 1) + [stem]).joined(separator: "-"))
  }

  /// A name that can be a folder inside the folder of the run: not hidden, not above it, and not the name
  /// of the account.
  private static func safe(_ name: String) -> String {
    if name.hasPrefix(".") { return "_" + name.dropFirst() }
    return name == "run.json" ? "run_json" : name
  }
}
