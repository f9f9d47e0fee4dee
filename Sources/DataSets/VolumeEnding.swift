/// The endings of volumes' names.
package enum VolumeEnding {
  /// The ending of a name as it is spelt there, the longest that fits; nil where it is none of a volume.
  package static func of(_ name: String) -> String? {
    let lowered = name.lowercased()
    guard
      let ending = CaseNames.endings.first(where: {
        lowered.hasSuffix($0) && lowered.utf8.count > $0.utf8.count
      })
    else { return nil }
    return String(name.suffix(ending.count))
  }

  /// The ending of what is written for a case: its own, where that is one file with its header; else
  /// that of the same format.
  package static func written(for path: String) -> String {
    let ending = of(path) ?? ".nrrd"
    return switch ending.lowercased() {
    case ".nrrd", ".nii", ".nii.gz": ending
    case ".hdr", ".img": ".nii"
    case ".hdr.gz", ".img.gz": ".nii.gz"
    default: ".nrrd"
    }
  }
}
