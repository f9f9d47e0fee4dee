public import Meshes
import Pictures
public import Dataflow
import VolumeIO
import Volumes

/// Which stage writes which value into which file, by the file's name.
public enum OutputFormat {
  /// The endings of files that can hold a value; the first is the standard one.
  public static func extensions(
    for type: any StageValue.Type, meshes: MeshFormats = .standard
  ) -> [String] {
    switch type {
    // One file each: a detached header would be two, of which the account could name one only.
    case is Mask.Type, is Scan.Type:
      VolumeFormats.standard.wholeEndings.map { String($0.dropFirst()) }
    case is TriangleMesh.Type: meshes.endings.map { String($0.dropFirst()) }
    case is RGBImage.Type: ["png"]
    default: []
    }
  }

  /// Whether a value is a picture, which is for people to look at and nothing hangs on.
  public static func isPicture(_ type: any StageValue.Type) -> Bool { type is RGBImage.Type }

  /// Whether a value is a surface, which a batch puts into a folder of its own.
  public static func isSurface(_ type: any StageValue.Type) -> Bool { type is TriangleMesh.Type }

  /// The stage that writes a value into a file of this name, or nil where the ending does not fit.
  public static func writer(
    for type: any StageValue.Type, fileName: String, meshes: MeshFormats = .standard
  ) -> AnyStage? {
    guard
      extensions(for: type, meshes: meshes).contains(where: {
        fileName.count > $0.count + 1 && fileName.lowercased().hasSuffix("." + $0)
      })
    else { return nil }
    return switch type {
    case is Mask.Type: AnyStage(WriteMask(fileName: fileName))
    case is Scan.Type: AnyStage(WriteScan(fileName: fileName))
    case is TriangleMesh.Type:
      meshes.format(of: fileName).map {
        AnyStage(WriteSurface(fileName: fileName, format: $0))
      }
    case is RGBImage.Type: AnyStage(WritePicture(fileName: fileName))
    default: nil
    }
  }
}
