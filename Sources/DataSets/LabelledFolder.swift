public import Errors
import Foundation

/// The volumes below a folder, with the class that the folders' names give each.
///
/// Below `complete_skull` a skull is `complete`; below `defective_skull/facial` it is `facial`; below
/// `defective_skull`, whatever the kind, `cranial`. `implant` is left out: these are no skulls. Other
/// volumes have no class. The folder's own name and those above it count where nothing below says more.
public struct LabelledFolder: Sendable {
  /// One volume.
  public struct Member: Hashable, Sendable {
    public var path: String
    /// The path below the folder, without the ending.
    public var name: String
    /// The class, or empty.
    public var className: String
  }

  /// The folder.
  public let path: String
  /// The volumes, by name.
  public let members: [Member]

  /// Looks through a folder; each below it is entered once, whatever links lead to it.
  ///
  /// - Throws: `Diagnostic` where it cannot be read, or holds no volume.
  public init(_ path: String) throws(Diagnostic) {
    self.path = path
    let tree = try VolumeTree(path)
    let above = URL(filePath: path).standardizedFileURL.pathComponents
    var members: [Member] = []
    for folder in tree.folders {
      guard var className = Self.className(folder.components) else { continue }
      if className.isEmpty { className = Self.className(above + folder.components) ?? "" }
      members += folder.names.map { name in
        let place = folder.path(of: name)
        return Member(
          path: tree.path(place), name: VolumeNames.stem(ofPath: place), className: className)
      }
    }
    guard !members.isEmpty else {
      throw Diagnostic(
        .unreadable, path, field: "folder", expected: VolumeNames.description, found: "none",
        remedy: "name a folder such as one that `calvaria synth` made")
    }
    self.members = members.sorted { ($0.name, $0.path) < ($1.name, $1.path) }
  }

  /// The class that the names of folders give; nil where they are those of implants.
  private static func className(_ folders: [String]) -> String? {
    if let place = folders.lastIndex(of: "defective_skull") {
      return folders[(place + 1)...].first == "facial" ? "facial" : "cranial"
    }
    if folders.contains("complete_skull") { return "complete" }
    if folders.contains("implant") { return nil }
    return folders.last { ["complete", "cranial", "facial"].contains($0) } ?? ""
  }
}
