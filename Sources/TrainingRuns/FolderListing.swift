import DataSets
import Errors
import Files
import Foundation

/// The files of a folder of training data, those of one skull found by their name; nothing is read yet.
struct FolderListing {
  /// One folder's files by their names without endings.
  struct Variant {
    let folder: String
    let files: [String: String]
  }

  /// The names of the skulls, in order.
  let skulls: [String]
  let complete: Variant
  /// The classes after the complete skulls, and the folders of each.
  let classes: [(name: String, variants: [Variant])]
  /// What is left out, a sentence a folder.
  let warnings: [String]

  /// The volumes that will be read.
  var count: Int {
    skulls.count
      + classes.flatMap(\.variants).reduce(0) { sum, variant in
        sum + skulls.count { variant.files[$0] != nil }
      }
  }

  /// Lists the folders.
  ///
  /// - Throws: `Diagnostic` where one cannot be read or has no volumes, where two files of it have the
  ///   same name but for the ending, and where none of a class is of a complete skull.
  init(_ source: TrainingFile.FolderSource) throws {
    complete = try Self.variant("\(source.folder)/\(source.complete)")
    skulls = complete.files.keys.sorted()
    var classes: [(name: String, variants: [Variant])] = []
    var warnings: [String] = []
    for (name, folders) in [("cranial", source.cranial), ("facial", source.facial)]
    where !folders.isEmpty {
      let variants = try folders.map { try Self.variant("\(source.folder)/\($0)") }
      for variant in variants {
        warnings += try Self.matched(variant, of: name, with: complete).map { [$0] } ?? []
      }
      classes.append((name, variants))
    }
    (self.classes, self.warnings) = (classes, warnings)
  }

  /// What to warn of where some files of a folder have no complete skull or the reverse.
  private static func matched(_ variant: Variant, of name: String, with complete: Variant) throws
    -> String?
  {
    let alone = variant.files.filter { complete.files[$0.key] == nil }.map(\.value).min()
    let matches = variant.files.keys.count { complete.files[$0] != nil }
    if matches == 0, let alone {
      throw Diagnostic(
        .unreadable, variant.folder, field: "data.\(name)",
        expected: "files named as those of \(complete.folder)",
        found: "none of \(variant.files.count), such as \(alone.lastPart)",
        remedy: "rename them, or name another folder")
    }
    let without = complete.files.filter { variant.files[$0.key] == nil }.map(\.value).min()
    var parts: [String] = []
    if let alone {
      parts.append(
        "left out \(variant.files.count - matches) of its \(counted(variant.files.count, "file")), such as "
          + "\(alone.lastPart), because there is no complete skull of the same name")
    }
    if let without {
      parts.append(
        "it has no file for \(complete.files.count - matches) of the "
          + "\(counted(complete.files.count, "complete skull")), such as \(without.lastPart)")
    }
    return parts.isEmpty ? nil : "\(variant.folder): " + parts.joined(separator: "; ")
  }

  private static func variant(_ folder: String) throws -> Variant {
    let names: [String]
    do { names = try FileManager.default.contentsOfDirectory(atPath: folder) } catch {
      throw Diagnostic(
        .unreadable, folder, field: "data", expected: "a folder of volumes",
        found: "none that can be read", remedy: "correct the names in the section data")
    }
    var files: [String: String] = [:]
    for name in names.sorted() {
      guard let stem = VolumeNames.stem(of: name) else { continue }
      if let other = files.updateValue("\(folder)/\(name)", forKey: stem) {
        throw Diagnostic(
          .unreadable, folder, field: "data", expected: "one file a skull",
          found: "\(other.lastPart) and \(name)", remedy: "remove one of them")
      }
    }
    guard !files.isEmpty else {
      throw Diagnostic(
        .unreadable, folder, field: "data", expected: "NRRD or NIfTI files", found: "none",
        remedy: "name another folder")
    }
    return Variant(folder: folder, files: files)
  }
}

extension String {
  /// What follows the last slash.
  fileprivate var lastPart: Substring { split(separator: "/").last ?? self[...] }
}
