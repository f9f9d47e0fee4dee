public import Volumes

/// Writes volumes to files.
public enum VolumeFile {
  /// Creates or replaces a file, the format by its name: `.nrrd`, `.nhdr` with a data file `.raw` or
  /// `.raw.gz` beside it, `.nii`, `.nii.gz`, `.hdr` with `.img` beside it.
  ///
  /// NRRD: sizes, space, directions and origin are written as the volume's geometry states them; numbers
  /// read back as the same doubles. NIfTI: sform (code 1), and qform where the columns are orthogonal;
  /// float32 in NIfTI-1; no codes, so spacings only, where the geometry names no space. The file gets its name once it is whole; of the two files of a
  /// detached header the data file comes first.
  ///
  /// - Parameter progress: told of the bytes that are encoded; throws to end the writing, and then
  ///   there is no file.
  /// - Throws: ``VolumeIOError`` where the format cannot hold the volume or the file cannot be
  ///   written; what `progress` throws.
  /// - Complexity: a few MB of memory a thread beside the volume.
  public static func write(
    _ volume: AnyVolume, to path: String, options: WriteOptions = WriteOptions(),
    reporting progress: TransferProgress? = nil
  ) throws {
    let transfer = Transfer(threads: options.threads, progress: progress)
    try VolumeIOError.wrapping {
      switch try FileNameFormat(path) {
      case .nrrd, .detachedNRRD:
        var header = NRRDHeader(of: volume)
        header.keyValues = options.keyValues
        header.comments = options.comments
        header.content = options.content
        try volume.withBytes { try NRRDWriter(path, options, transfer).write(header, $0) }
      case .nifti:
        let sizes = volume.sizes
        try volume.withBytes { bytes in
          try NIfTIWriter(path, options, transfer).write(
            type: .scalar(volume.scalarType), sizes: [sizes.x, sizes.y, sizes.z],
            geometry: volume.geometry, scaling: nil, bytes)
        }
      }
    }
  }
}

/// The format that a file's name asks for.
enum FileNameFormat {
  case nrrd, detachedNRRD, nifti

  init(_ path: String) throws {
    let name = path.lowercased()
    if name.hasSuffix(".nrrd") {
      self = .nrrd
    } else if name.hasSuffix(".nhdr") {
      self = .detachedNRRD
    } else if [".nii", ".nii.gz", ".hdr"].contains(where: name.hasSuffix) {
      self = .nifti
    } else {
      throw VolumeIOError(
        .unwritable, path: path, field: "output",
        expected: "a name that ends in .nrrd, .nhdr, .nii, .nii.gz or .hdr", found: quoted(path),
        remedy: "choose such a name")
    }
  }
}

extension AnyVolume {
  /// The voxels as bytes in host order, read only.
  func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) throws -> Result {
    func open(_ volume: some TypedVolume) throws -> Result {
      try volume.typed.withVoxels { try body(UnsafeRawBufferPointer($0)) }
    }
    return try open(base)
  }
}
