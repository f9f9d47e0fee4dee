public import Errors
import Files

/// The cases in the folder of a data set. They are found by names alone; no volume is opened.
///
/// Everything that is named like a volume is a case, even if it is empty, a folder, or a broken link; such a
/// case fails alone when it is run. Truths are matched by kind and by name without ending.
public struct DataSet: Sendable {
  public struct Member: Hashable, Sendable {
    /// The path below the folder of defective skulls without the volume's ending: `bilateral/000`.
    /// If two files differ only in the ending, the ending is included.
    public var name: String
    /// The path below the folder of defective skulls, the same as that of outputs below their folder:
    /// `bilateral/000.nrrd`.
    public var relativePath: String
    /// The kind of defect, or empty.
    public var kind: String
    public var path: String
    /// What to score against, if there is a truth.
    public var truth: Truth?
    /// Why the case cannot be run: it fails alone.
    public var trouble: Diagnostic?

    public init(
      name: String, relativePath: String, kind: String, path: String, truth: Truth? = nil
    ) {
      (self.name, self.relativePath, self.kind) = (name, relativePath, kind)
      (self.path, self.truth) = (path, truth)
    }
  }

  /// What a case is scored against.
  public enum Truth: Hashable, Sendable {
    /// The file of the true implant.
    case implant(String)
    /// The file of the complete skull: the implant is what it has and the defective one lacks.
    case complete(String)
  }

  /// The folder of the set: the one that was named, or the one above it if that holds only one role.
  public let root: String
  public let layout: DataSetLayout
  /// The cases, sorted by the bytes of their relative paths. No two have the same path or name.
  public let members: [Member]
  /// What was recognised, as a sentence for users.
  public let recognition: String
  /// Warnings, one sentence each: what is left out, what has no truth.
  public let warnings: [String]

  /// Finds the cases of a folder.
  ///
  /// `path` may be the folder of a set, of a part (`training_set`), of defective skulls
  /// (`defective_skull`, whose truths stand beside it), or of one kind of these. Links to folders are
  /// followed once.
  ///
  /// - Parameters:
  ///   - path: the folder.
  ///   - layout: the layout; nil: it is detected.
  ///   - folders: folders to leave out, such as the one for outputs; any path to them will do.
  /// - Throws: `Diagnostic` if the folder is missing, is not a folder, or holds no volume; if the layout does
  ///   not fit, naming the one that does; if folders of truths lie in it that no layout knows.
  /// - Complexity: O(n log n) in the files; one pass over each folder.
  public init(_ path: String, layout: DataSetLayout? = nil, excluding folders: [String] = [])
    throws(Diagnostic)
  {
    try VolumeTree.requireFolder(path)
    let place = DataSetPlace(path)
    let tree = try VolumeTree(place.root, only: place.focus, excluding: folders)
    guard tree.count > 0 else { throw Self.none(path, tree, beside: 0) }
    func findings(_ layout: DataSetLayout, isForced: Bool) -> DataSetFindings {
      DataSetFindings(layout, in: tree, own: place.own, isForced: isForced)
    }
    var chosen = layout.map { ($0, findings($0, isForced: true)) }
    if chosen?.1.count ?? 0 == 0 {
      let fitting = DataSetLayout.byDistinction.lazy.map { ($0, findings($0, isForced: false)) }
        .first { $0.1.count > 0 }
      guard let fitting else { throw Self.none(path, tree, beside: tree.count) }
      if let layout { throw Self.misfit(layout, path, tree, fitting: fitting.0) }
      chosen = fitting
    }
    if layout == nil, chosen?.0 == .plain, let truths = Self.truths(in: tree) {
      throw Self.unclear(path, truths)
    }
    guard let (recognised, found) = chosen else { throw Self.none(path, tree, beside: 0) }
    self.layout = recognised
    root = place.root.isEmpty ? "." : place.root
    var warnings = tree.warnings + found.warnings
    let own = Self.members(of: found, in: tree, warnings: &warnings)
    members = own + Self.unreadable(tree, beside: own)
    recognition = Self.recognition(recognised, own, parts: found.parts.count)
    let scored = own.count { $0.truth != nil }
    if scored > 0, scored < own.count, let first = own.first(where: { $0.truth == nil }) {
      warnings.append(
        "\(counted(own.count - scored, "case")) \(own.count - scored == 1 ? "has" : "have")"
          + " no truth and \(own.count - scored == 1 ? "is" : "are") not scored, such as "
          + first.relativePath)
    }
    if let first = found.leftOut.first {
      warnings.append(
        "\(counted(found.leftOut.count, "volume")) outside the layout "
          + "\(found.leftOut.count == 1 ? "is" : "are") left out, such as \(first); --layout plain takes "
          + "them all")
    }
    self.warnings = warnings
  }

  /// Gives every case a name of its own.
  private static func members(
    of found: DataSetFindings, in tree: VolumeTree, warnings: inout [String]
  ) -> [Member] {
    // The path below the root always differs; it is needed if one part lies inside another.
    let ways: [(DataSetFindings.Part, DataSetFindings.Case) -> String] = [
      { $1.below }, { VolumeTree.join($0.folder, $1.below) }, { $1.place },
    ]
    let candidates = ways.lazy.map { way in
      found.parts.flatMap { part in part.cases.map { way(part, $0) } }
    }
    let chosen = candidates.dropLast().first { Set($0).count == $0.count } ?? candidates[2]
    var members: [Member] = []
    for (found, relative) in zip(found.parts.flatMap(\.cases), chosen) {
      members.append(
        Member(
          name: relative, relativePath: relative, kind: found.kind, path: tree.path(found.place),
          truth: found.truth))
    }
    members.sort { VolumeNames.precedes($0.relativePath, $1.relativePath) }
    refuseAlike(&members)
    name(&members, warnings: &warnings)
    return members
  }

  /// Swift and some file systems treat the two Unicode forms of an accented letter as equal: such cases fail, under names
  /// that tell them apart.
  private static func refuseAlike(_ members: inout [Member]) {
    for group in Dictionary(grouping: members.indices, by: { members[$0].relativePath }).values
    where group.count > 1 {
      for index in group {
        let other = members[group.first { $0 != index } ?? index].path
        members[index].trouble = Diagnostic(
          .unreadable, members[index].path, field: "name", expected: "a name of its own",
          found: "that of \(escaped(other)) in another Unicode form", remedy: "rename one of them")
      }
      for index in group { members[index].relativePath = escaped(members[index].relativePath) }
    }
  }

  /// A text whose characters beyond ASCII are written as their bytes: `caf%C3%A9`.
  private static func escaped(_ text: String) -> String {
    text.utf8.reduce(into: "") { result, byte in
      if byte < 0x80 {
        result.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        result += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
      }
    }
  }

  /// A case for each folder that cannot be read, which fails.
  private static func unreadable(_ tree: VolumeTree, beside members: [Member]) -> [Member] {
    let taken = Set(members.map(\.name))
    return tree.unreadable.compactMap { folder in
      guard !folder.place.isEmpty, !taken.contains(folder.place) else { return nil }
      var member = Member(
        name: folder.place, relativePath: folder.place, kind: "", path: tree.path(folder.place))
      member.trouble = Diagnostic(
        .unreadable, member.path, field: "folder", expected: "a folder that can be read",
        found: folder.reason, remedy: "correct its permissions")
      return member
    }
  }

  /// Folders of a tree that hold the truths of other folders' cases, by their names and those of their files; nil where
  /// there are none.
  private static func truths(in tree: VolumeTree) -> (cases: String, truths: String)? {
    let holding = tree.folders.filter { !$0.names.isEmpty }
    func stems(_ folder: VolumeTree.Folder) -> Set<String> {
      Set(folder.names.map { RoleNames.caseName(VolumeNames.stem(of: $0) ?? $0) })
    }
    for folder in holding where folder.components.last.map(RoleNames.isTruth) == true {
      let parent = folder.components.dropLast()
      let other = holding.first {
        $0.components.dropLast() == parent && $0.components != folder.components
          && !stems($0).isDisjoint(with: stems(folder))
      }
      if let other { return (other.path, folder.path) }
    }
    return nil
  }

  private static func unclear(
    _ path: String, _ found: (cases: String, truths: String)
  ) -> Diagnostic {
    Diagnostic(
      .unreadable, path, field: "layout",
      expected:
        "one that is known (\(DataSetLayout.allCases.map(\.rawValue).joined(separator: ", ")))",
      found: "\(found.cases) beside \(found.truths), as nnU-Net's sets have scans and labels",
      remedy:
        "name \(found.cases) alone, rename the folders to defective_skull and implant, or take all with --layout plain"
    )
  }

  private static func name(_ members: inout [Member], warnings: inout [String]) {
    let stems = members.map { VolumeNames.stem(ofPath: $0.relativePath) }
    let groups = Dictionary(grouping: members.indices) { stems[$0] }
    var taken = Set(groups.filter { $0.value.count == 1 }.keys)
    var alike: [String] = []
    for index in members.indices {
      guard groups[stems[index]]?.count != 1 else {
        members[index].name = stems[index]
        continue
      }
      alike.append(members[index].relativePath)
      var number = 2
      while !taken.insert(members[index].name).inserted {
        members[index].name = "\(members[index].relativePath)-\(number)"
        number += 1
      }
    }
    if let first = alike.first {
      warnings.append(
        "\(counted(alike.count, "case")) differ\(alike.count == 1 ? "s" : "") from another in the ending "
          + "alone, such as \(first); each is a case, named with its ending")
    }
  }

  private static func recognition(_ layout: DataSetLayout, _ members: [Member], parts: Int)
    -> String
  {
    let kinds = Set(members.map(\.kind)).subtracting([""]).count
    var (implants, skulls) = (0, 0)
    for member in members {
      switch member.truth {
      case .implant: implants += 1
      case .complete: skulls += 1
      case nil: break
      }
    }
    let truths: String
    switch (implants, skulls, members.count - implants - skulls) {
    case (0, 0, _): truths = members.count == 1 ? "without a truth" : "none with a truth"
    case (_, 0, 0): truths = "\(members.count == 1 ? "" : "all ")with a true implant"
    case (0, _, 0): truths = "\(members.count == 1 ? "" : "all ")with a complete skull"
    case (let implants, let skulls, let none):
      truths = [
        (implants, "with a true implant"), (skulls, "with a complete skull"), (none, "without"),
      ]
      .filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
    }
    return "\(layout.title): \(counted(members.count, "case"))"
      + (kinds > 0 ? " in \(counted(kinds, "kind"))" : "")
      + (parts > 1 ? " of \(parts) parts" : "") + ", \(truths)"
  }

  private static func none(_ path: String, _ tree: VolumeTree, beside: Int) -> Diagnostic {
    let found =
      beside > 0
      ? "\(counted(beside, "volume")) beside an empty folder defective_skull"
      : "none in \(counted(tree.folders.count, "folder"))"
    return Diagnostic(
      .unreadable, path, field: "folder", expected: DataSetLayout.plain.expectation,
      found: "\(found)\(tree.warnings.first.map { " (\($0))" } ?? "")",
      remedy:
        "name a folder of scans; of DICOM, make a file of each first: `calvaria convert DICOM scan.nii.gz`"
    )
  }

  private static func misfit(
    _ layout: DataSetLayout, _ path: String, _ tree: VolumeTree, fitting: DataSetLayout
  ) -> Diagnostic {
    let folders = tree.folders.filter { !$0.names.isEmpty }
    let first = folders.first.map { $0.path(of: $0.names[0]) } ?? ""
    return Diagnostic(
      .unreadable, path, field: "layout",
      expected: "that of \(layout.rawValue) (\(layout.expectation))",
      found: "\(counted(tree.count, "volume")) in "
        + "\(counted(folders.count, "folder")), such as \(first)",
      remedy: "use --layout \(fitting.rawValue), or leave it out")
  }
}
