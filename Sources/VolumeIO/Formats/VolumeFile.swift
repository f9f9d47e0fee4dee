import Errors
public import Volumes

/// Writes volumes to NRRD and NIfTI files, atomically.
public enum VolumeFile {
  /// Creates or replaces a file. Its name chooses the format: `.nrrd`, `.nhdr` with a data file
  /// `.raw` or `.raw.gz` beside it, `.nii`, `.nii.gz`, `.hdr` with `.img` beside it.
  ///
  /// NRRD: sizes, space, directions and origin are written as the volume's geometry states them;
  /// numbers read back as the same doubles. NIfTI: sform (code 1), and qform if the columns are
  /// orthogonal, as float32 in NIfTI-1; if the geometry names no space, no codes and so only
  /// spacings. The file gets its name once it is complete. With a detached header, the data file is
  /// written first.
  ///
  /// - Parameter progress: called with the number of encoded bytes; if it throws, writing stops and
  ///   leaves no file.
  /// - Throws: ``Diagnostic`` where the format cannot hold the volume or the file cannot be
  ///   written; what `progress` throws.
  /// - Complexity: a few MB of memory a thread beside the volume.
  public static func write(
    _ volume: AnyVolume, to path: String, options: WriteOptions = WriteOptions(),
    formats: VolumeFormats = .standard, reporting progress: TransferProgress? = nil
  ) throws {
    let transfer = Transfer(threads: options.threads, progress: progress)
    try formats.format(writing: path).write(volume, path, options, transfer)
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
