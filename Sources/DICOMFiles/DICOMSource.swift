import Files
import Foundation

/// Whether what a user names is DICOM: a folder with slices, one of the slices, or a zip archive.
public enum DICOMSource: Hashable, Sendable {
  /// A folder, or the folder of the slice that was named.
  case folder(String)
  /// A zip archive, whatever it holds.
  case archive(String)

  /// How deep below a folder slices are looked for, and how many files are looked at.
  private static let (depth, most) = (6, 2000)

  /// Nil for everything else, such as a volume.
  ///
  /// - Complexity: the first bytes of at most 2,000 files.
  public init?(_ path: String) {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return nil }
    if isFolder.boolValue {
      var left = Self.most
      guard Self.holdsSlices(path, depth: Self.depth, left: &left) else { return nil }
      self = .folder(path)
    } else if Self.isSlice(path) {
      let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
      self = .folder(folder.isEmpty ? "/" : folder)
    } else if Self.start(of: path, 4) == [0x50, 0x4B, 3, 4], !ForeignFile.isMesh(named: path) {
      self = .archive(path)
    } else {
      return nil
    }
  }

  /// The path that the user named, or the folder of the slice that was named.
  public var path: String {
    switch self {
    case .folder(let path), .archive(let path): path
    }
  }

  private static func holdsSlices(_ folder: String, depth: Int, left: inout Int) -> Bool {
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    var folders: [String] = []
    for name in names where !name.hasPrefix(".") {
      guard left > 0 else { return false }
      left -= 1
      let path = "\(folder)/\(name)"
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { continue }
      if isFolder.boolValue {
        folders.append(path)
      } else if isSlice(path) {
        return true
      }
    }
    guard depth > 0 else { return false }
    for inner in folders where holdsSlices(inner, depth: depth - 1, left: &left) { return true }
    return false
  }

  /// Whether a file begins as files of DICOM do: 128 bytes of anything, then `DICM`.
  private static func isSlice(_ path: String) -> Bool { isSlice(start(of: path, 132)) }

  static func isSlice(_ start: [UInt8]) -> Bool {
    start.count >= 132 && start[128..<132].elementsEqual("DICM".utf8)
  }

  private static func start(of path: String, _ count: Int) -> [UInt8] {
    guard let file = try? InputFile(path) else { return [] }
    return (try? file.bytes(at: 0, count: min(count, file.size))) ?? []
  }
}
