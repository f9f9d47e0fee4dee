import VolumeIO

/// The endings of volumes' names.
package enum VolumeEnding {
  /// The ending of a name as it is spelt there, the longest that fits; nil where it is none of a volume.
  package static func of(_ name: String) -> String? {
    VolumeFormats.standard.ending(of: name).map { String(name.suffix($0.text.count)) }
  }

  /// The ending of what is written for a case: its own, where that is one file with its header; else
  /// that of the same format.
  package static func written(for path: String) -> String {
    guard let ending = VolumeFormats.standard.ending(of: path) else {
      return VolumeFormat.nrrd.standardEnding
    }
    return ending.role == .whole ? of(path)! : ending.wholeEnding
  }
}
