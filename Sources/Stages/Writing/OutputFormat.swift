import Meshes
public import MeshIO
import Pictures
public import Dataflow
import VolumeIO
import Volumes

/// Which stage writes a value into a file, by the file's name.
public enum OutputFormat {
  /// The endings of files that can hold a value; the first is the default.
  public static func extensions(
    for type: any StageValue.Type, meshes: MeshFormats = .standard
  ) -> [String] {
    switch type {
    // A detached header would make two files, and the account could name only one.
    case is Mask.Type, is Scan.Type:
      VolumeFormats.standard.wholeEndings.map { String($0.dropFirst()) }
    case is TriangleMesh.Type, is CheckedSurface.Type: meshes.endings.map { String($0.dropFirst()) }
    case is RGBImage.Type: ["png"]
    default: []
    }
  }

  /// Whether a value is a picture, which is only for people to look at.
  public static func isPicture(_ type: any StageValue.Type) -> Bool { type is RGBImage.Type }

  /// Whether a value is a surface, which `batch` puts into a separate folder.
  public static func isSurface(_ type: any StageValue.Type) -> Bool {
    type is TriangleMesh.Type || type is CheckedSurface.Type
  }

  /// The stage that writes a value into a file of this name, or nil if the ending does not fit.
  ///
  /// - Parameter models: SHA-256 of the model files that the value depends on.
  public static func writer(
    for type: any StageValue.Type, fileName: String, meshes: MeshFormats = .standard,
    models: @escaping @Sendable () throws -> [String] = { [] }
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
    case is CheckedSurface.Type:
      meshes.format(of: fileName).map {
        AnyStage(WriteCheckedSurface(fileName: fileName, format: $0, models: models))
      }
    case is RGBImage.Type: AnyStage(WritePicture(fileName: fileName))
    default: nil
    }
  }
}
