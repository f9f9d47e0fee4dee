import Errors

/// Folders of defective skulls and the true implants and complete skulls beside them, matched by kind and
/// by name without ending.
struct RoleFolders {
  /// One part for each folder of defective skulls that has a volume.
  private(set) var parts: [DataSetFindings.Part] = []
  /// What is odd about the truths, one sentence each.
  private(set) var warnings: [String] = []
  /// The indices of the tree's folders that belong to a role.
  private(set) var folders: Set<Int> = []

  /// The folders of each part.
  private var owners: [Set<Int>] = []

  /// Finds the folders named `cases`, and the other roles beside each.
  ///
  /// - Complexity: O(n) in the volumes.
  init(
    of tree: VolumeTree, cases role: String, implant: String?,
    complete: String = "complete_skull"
  ) {
    let places = Dictionary(
      tree.folders.enumerated().map { ($0.element.roles.joined(separator: "/"), $0.offset) },
      uniquingKeysWith: { one, _ in one })
    var groups: [String: [Int]] = [:]
    var parents: [String] = []
    for (index, folder) in tree.folders.enumerated() {
      guard let place = folder.roles.lastIndex(of: role) else { continue }
      let parent = folder.roles[..<place].joined(separator: "/")
      if groups[parent] == nil { parents.append(parent) }
      groups[parent, default: []].append(index)
    }
    let beside = [implant, complete, "mesh", "preview"].compactMap { $0 }
    let owned = Self.owned(tree, beside, parents: Set(parents))
    var truths = TruthFiles(tree)
    var strays: [String] = []
    for parent in parents {
      let own = groups[parent] ?? []
      let above = own.first.map { tree.folders[$0].roles } ?? []
      let depth = above.lastIndex(of: role) ?? 0
      var part = DataSetFindings.Part(folder: parent.isEmpty ? role : parent, cases: [])
      var used: Set<String> = []
      for index in own {
        let folder = tree.folders[index]
        let inner = Array(folder.components[(depth + 1)...])
        let below = inner.joined(separator: "/")
        func beside(_ name: String?, _ below: String) -> Int? {
          name.flatMap { places[VolumeTree.join(VolumeTree.join(parent, $0), below)] }
        }
        let implants = beside(implant, below)
        // Complete skulls have the same kinds as folders, or one folder for all kinds.
        let skulls = [beside(complete, below), beside(complete, "")]
        for name in folder.names {
          let stem = VolumeNames.stem(of: name) ?? name
          var truth: DataSet.Truth?
          if let file = truths.file(stem, in: implants, like: name) {
            used.insert(file)
            truth = .implant(tree.path(file))
          } else if let file = truths.file(stem, in: skulls[0], like: name)
            ?? truths.file(stem, in: skulls[1], like: name)
          {
            used.insert(file)
            truth = .complete(tree.path(file))
          }
          part.cases.append(
            DataSetFindings.Case(
              below: VolumeTree.join(below, name), place: folder.path(of: name),
              kind: inner.last == stem ? inner.dropLast().joined(separator: "/") : below,
              truth: truth))
        }
      }
      let all = Set(own).union(owned[parent] ?? [])
      folders.formUnion(all)
      guard !part.cases.isEmpty else { continue }
      parts.append(part)
      owners.append(all)
      for index in (owned[parent] ?? []).sorted()
      where tree.folders[index].roles[depth] == implant ?? complete {
        let folder = tree.folders[index]
        strays += folder.names.map(folder.path(of:)).filter { !used.contains($0) }
      }
    }
    warnings = truths.warnings
    if let first = strays.first {
      warnings.append(
        "\(counted(strays.count, "truth")) belong\(strays.count == 1 ? "s" : "") to no case, "
          + "such as \(first)")
    }
  }

  /// Removes some parts, which do not belong to this layout.
  mutating func leaveOut(where isStrange: (DataSetFindings.Part) -> Bool) {
    let kept = parts.indices.filter { !isStrange(parts[$0]) }
    let given = Set(parts.indices).subtracting(kept)
    for index in given { folders.subtract(owners[index]) }
    (parts, owners) = (kept.map { parts[$0] }, kept.map { owners[$0] })
  }

  /// The folders of the other roles beside each folder of defective skulls; if a path has several,
  /// the deepest.
  private static func owned(_ tree: VolumeTree, _ roles: [String], parents: Set<String>)
    -> [String: Set<Int>]
  {
    var owned: [String: Set<Int>] = [:]
    for (index, folder) in tree.folders.enumerated() {
      let names = folder.roles
      let parent = names.indices.reversed().lazy
        .filter { roles.contains(names[$0]) }
        .map { names[..<$0].joined(separator: "/") }
        .first { parents.contains($0) }
      if let parent { owned[parent, default: []].insert(index) }
    }
    return owned
  }
}

/// Truths by the names of their cases.
private struct TruthFiles {
  private let tree: VolumeTree
  /// The names in each folder that was asked for, by stem.
  private var stems: [Int: [String: [String]]] = [:]
  private var repeated: Set<String> = []

  init(_ tree: VolumeTree) { self.tree = tree }

  /// The file of a stem; of several, the one with the ending of the case, else the first.
  mutating func file(_ stem: String, in index: Int?, like name: String) -> String? {
    guard let index else { return nil }
    let folder = tree.folders[index]
    if stems[index] == nil {
      stems[index] = Dictionary(grouping: folder.names) { VolumeNames.stem(of: $0) ?? $0 }
    }
    guard let names = stems[index]?[stem] else { return nil }
    let chosen = names.first { $0 == name } ?? names[0]
    if names.count > 1, chosen != name { repeated.insert(folder.path(of: chosen)) }
    return folder.path(of: chosen)
  }

  var warnings: [String] {
    guard let first = repeated.min(by: VolumeNames.precedes) else { return [] }
    return [
      "\(counted(repeated.count, "truth")) \(repeated.count == 1 ? "has" : "have") several files that "
        + "differ in the ending: the first in order is taken, such as \(first)"
    ]
  }
}
