public import Errors
import Foundation

/// The volumes below a folder, each with the class that the names of folders give it.
///
/// Skulls below `complete_skull` are `complete`, those below `defective_skull/facial` are `facial`, those
/// below any other kind of `defective_skull` are `cranial`. Folders named `implant` are left out. Other
/// volumes have no class. The names of the folder itself and of those above count if none below does.
public struct LabelledFolder: Sendable {
  public struct Member: Hashable, Sendable {
    public var path: String
    /// The path below the folder, without the ending.
    public var name: String
    /// The class; empty if unknown.
    public var className: String
  }

  public let path: String
  /// The volumes, sorted by name.
  public let members: [Member]

  /// Finds the volumes of a folder; each folder below it is entered once, even if links lead to it.
  ///
  /// - Throws: `Diagnostic` if it cannot be read or holds no volume.
  public init(_ path: String) throws(Diagnostic) {
    self.path = path
    let tree = try VolumeTree(path)
    let above = URL(filePath: path).standardizedFileURL.pathComponents
    var members: [Member] = []
    for folder in tree.folders {
      guard var className = Self.className(folder.roles) else { continue }
      if className.isEmpty {
        className = Self.className(above.map(RoleNames.canonical) + folder.roles) ?? ""
      }
      members += folder.names.map { name in
        let place = folder.path(of: name)
        return Member(
          path: tree.path(place), name: VolumeNames.stem(ofPath: place), className: className)
      }
    }
    guard !members.isEmpty else {
      throw Diagnostic(
        .unreadable, path, field: "folder", expected: VolumeNames.description, found: "none",
        remedy: "name a folder of skulls, such as one that `calvaria synth` made")
    }
    self.members = members.sorted { ($0.name, $0.path) < ($1.name, $1.path) }
  }

  /// The class that the names of folders give; nil for implants.
  private static func className(_ folders: [String]) -> String? {
    if let place = folders.lastIndex(of: "defective_skull") {
      return folders[(place + 1)...].first == "facial" ? "facial" : "cranial"
    }
    if folders.contains("complete_skull") { return "complete" }
    if folders.contains("implant") { return nil }
    return folders.last { ["complete", "cranial", "facial"].contains($0) } ?? ""
  }
}
