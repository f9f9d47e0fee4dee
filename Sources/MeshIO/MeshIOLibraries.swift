import CExpat
import CZip

/// The libraries behind the readers and writers of 3MF.
public enum MeshIOLibraries {
  /// Versions by name, those that are loaded.
  public static var versions: [String: String] {
    let expat = XML_ExpatVersionInfo()
    return [
      "libzip": String(cString: zip_libzip_version()),
      "expat": "\(expat.major).\(expat.minor).\(expat.micro)",
    ]
  }
}
