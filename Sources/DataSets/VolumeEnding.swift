import VolumeIO

/// The endings of the names of volumes.
package enum VolumeEnding {
  /// The ending of a name as written, the longest that fits; nil if it is not that of a volume.
  package static func of(_ name: String) -> String? {
    VolumeFormats.standard.ending(of: name).map { String(name.suffix($0.text.count)) }
  }

  /// The ending of the files that are written for a case: its own, if header and voxels are in one file;
  /// otherwise a standard one of the same format.
  package static func written(for path: String) -> String {
    guard let ending = VolumeFormats.standard.ending(of: path) else {
      return VolumeFormat.nrrd.standardEnding
    }
    return ending.role == .whole ? of(path)! : ending.wholeEnding
  }
}
