import DataSets
public import Errors
import Files
import Foundation

/// The cases of a folder of predictions and a folder of truths, matched by kind and name.
///
/// Both may be the folder of a data set, its folder of implants, or that of one kind. The folders below
/// `implant` (for defective skulls: `defective_skull`), or below the folder itself, are the kind, and the
/// file name is the case: `implant/bilateral/000.nrrd`, `bilateral/000.nrrd`, `000.nrrd`. A file
/// `implant.nrrd`, as `calvaria run` writes it, is named after its folder, and so is a file with the name
/// of its folder (`B0001/B0001.nrrd`). If one side has no kind, the name alone decides, provided that only
/// one case has it.
public struct ScoredFolders: Sendable {
  /// A case that has a truth.
  public struct Member: Hashable, Sendable {
    public var name: String
    /// The kind of defect; empty if unknown.
    public var kind: String
    /// The files; nil if there is no prediction.
    public var files: CaseScoring?
    public var truth: String
    /// Why the case cannot be scored; nil if it can.
    public var trouble: Diagnostic?
  }

  /// The cases, sorted by kind and name.
  public let members: [Member]
  /// Warnings, one sentence each.
  public let warnings: [String]

  /// Matches the files of folders; each folder is entered once, even if links lead to it.
  ///
  /// - Throws: `Diagnostic` if a folder cannot be read or holds no volume, if two of its files are the same
  ///   case, or if no prediction fits any truth.
  public init(predictions: String, truths: String, defective: String? = nil) throws(Diagnostic) {
    let predicted = try FolderCases(predictions, role: "implant")
    let actual = try FolderCases(truths, role: "implant")
    let skulls = try defective.map { path throws(Diagnostic) in
      try FolderCases(path, role: "defective_skull")
    }
    var used: Set<String> = []
    var members: [Member] = []
    for (key, truth) in actual.files.sorted(by: {
      ($0.key.kind, $0.key.name) < ($1.key.kind, $1.key.name)
    }) {
      var member = Member(name: key.name, kind: key.kind, files: nil, truth: truth)
      func missing(_ field: String, _ expected: String) -> Diagnostic {
        Diagnostic(
          .unreadable, truth, field: field, expected: expected, found: "none",
          remedy: "add it, or leave the case out")
      }
      let prediction = predicted.file(for: key, among: actual)
      let skull = skulls?.file(for: key, among: actual)
      if let prediction {
        used.insert(prediction)
        member.files = CaseScoring(prediction: prediction, truth: truth, defective: skull)
        if skulls != nil, skull == nil {
          member.trouble = missing("defective", "a skull of this case in \(defective ?? "")")
        }
      } else {
        member.trouble = missing("prediction", "a file of this case in \(predictions)")
      }
      members.append(member)
    }
    guard !used.isEmpty else {
      throw Diagnostic(
        .unreadable, predictions, field: "predictions",
        expected: "names as in \(truths)", found: "none of \(predicted.files.count)",
        remedy: "name the folders of the same kind")
    }
    let left = predicted.files.values.filter { !used.contains($0) }.sorted()
    warnings =
      predicted.warnings + actual.warnings + (skulls?.warnings ?? [])
      + (left.isEmpty
        ? []
        : [
          "\(predictions): no truth for \(counted(left.count, "prediction")), such as \(left[0])"
        ])
    self.members = members
  }
}

/// The volumes below a folder by kind and name.
private struct FolderCases {
  struct Key: Hashable {
    var kind: String
    var name: String
  }

  var files: [Key: String] = [:]
  /// The number of kinds that have a case of a name.
  private var kinds: [String: Set<String>] = [:]
  /// Warnings about what could not be read.
  let warnings: [String]

  init(_ path: String, role: String) throws(Diagnostic) {
    let tree = try VolumeTree(path)
    warnings = tree.warnings.map { "\(path): \($0)" }
    let roles = ["complete_skull", "defective_skull", "implant"]
    // The role may be the name of the folder or of the one above: `implant`, or `implant/bilateral`.
    let above = URL(filePath: path).standardizedFileURL.pathComponents.suffix(2).map { String($0) }
    let own = above.lastIndex { roles.contains($0) }.map { Array(above[$0...]) } ?? []
    var found: [(role: String?, key: Key, path: String)] = []
    for (folder, name) in tree.volumes {
      var stem = VolumeNames.stem(of: name) ?? name
      let all = own + folder.components
      let place = all.lastIndex { roles.contains($0) }
      var kind = Array(all[((place ?? -1) + 1)...])
      if stem == "implant", let folder = kind.popLast() {
        stem = folder
      } else if kind.last == stem {
        kind.removeLast()
      }
      found.append(
        (
          place.map { all[$0] }, Key(kind: kind.joined(separator: "/"), name: stem),
          tree.path(folder.path(of: name))
        ))
    }
    // In a data set, only the folder of this role counts.
    if found.contains(where: { $0.role == role }) { found.removeAll { $0.role != role } }
    guard !found.isEmpty else {
      throw Diagnostic(
        .unreadable, path, field: "folder", expected: VolumeNames.description, found: "none",
        remedy: "name a folder of implants")
    }
    for (_, key, file) in found {
      if let other = files.updateValue(file, forKey: key) {
        throw Diagnostic(
          .unreadable, path, field: "folder", expected: "one file a case",
          found: "\(min(file, other)) and \(max(file, other))",
          remedy: "remove one, or name a folder further down")
      }
      kinds[key.name, default: []].insert(key.kind)
    }
  }

  /// The file of a case of the truths.
  func file(for key: Key, among truths: FolderCases) -> String? {
    if let file = files[key] { return file }
    // One side may have no kind; then the name must be unique on both.
    guard let mine = kinds[key.name], mine.count == 1, truths.kinds[key.name]?.count == 1,
      let kind = mine.first, kind.isEmpty || key.kind.isEmpty
    else { return nil }
    return files[Key(kind: kind, name: key.name)]
  }
}
