import CZlib

/// The libraries behind the readers and writers of volumes.
public enum VolumeIOLibraries {
  /// Versions by name; libnifti tells its own only by printing it, so it is not among them.
  public static var versions: [String: String] { ["zlib": String(cString: zlibVersion())] }
}
