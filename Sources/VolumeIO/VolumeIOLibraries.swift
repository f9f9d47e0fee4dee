import CBZip2
import CDeflate
#if CALVARIA_ISAL
  import CISAL
#endif
import CZlib

/// The libraries behind the readers and writers of volumes.
public enum VolumeIOLibraries {
  /// Versions by name. ISA-L is among them where this build has it.
  public static var versions: [String: String] {
    var versions = [
      "zlib": String(cString: zlibVersion()), "libdeflate": LIBDEFLATE_VERSION_STRING,
      "bzip2": String(String(cString: BZ2_bzlibVersion()).prefix { $0 != "," }),
      "libnifti": nifti,
    ]
    #if CALVARIA_ISAL
      versions["isa-l"] = "\(ISAL_MAJOR_VERSION).\(ISAL_MINOR_VERSION).\(ISAL_PATCH_VERSION)"
    #endif
    return versions
  }
}
