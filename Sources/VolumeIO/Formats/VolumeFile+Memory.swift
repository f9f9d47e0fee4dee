public import Volumes

extension VolumeFile {
  /// A volume as the bytes of a NIfTI-1 file behind gzip (`.nii.gz`): for what takes volumes out of memory, such as a page.
  ///
  /// - Parameters:
  ///   - slope: what a reader multiplies the voxels by.
  ///   - intercept: what it adds to them then.
  /// - Throws: `Diagnostic` where NIfTI-1 cannot hold the volume, see ``write(_:to:options:formats:reporting:)``.
  /// - Complexity: O(voxels); the bytes are in memory, beside the volume.
  public static func compressedNIfTI(
    _ volume: AnyVolume, slope: Double = 1, intercept: Double = 0,
    level: Int = WriteOptions.defaultCompressionLevel, threads: Int = 1
  ) throws -> [UInt8] {
    let sizes = volume.sizes
    var header = NIfTIHeader(
      type: .scalar(volume.scalarType), sizes: [sizes.x, sizes.y, sizes.z],
      geometry: volume.geometry, version: 1)
    (header.slope, header.intercept) = (slope, intercept)
    let start = try header.bytes(path: "volume")
    return try volume.withBytes {
      try Gzip.compress($0, behind: start, level: level, threads: threads)
    }
  }
}
