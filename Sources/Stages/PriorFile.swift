import Completion
import Concurrency
import Errors
import Files
import Recognition
import VolumeIO
import Volumes
import VoxelOps

/// A scan of the same patient from before, or of a bone flap; its file is read once.
final class PriorFile: Sendable {
  private let path: String
  private let loaded = Guarded<Result<PriorCompletion.Bone, Diagnostic>?>(nil)

  /// What stands for no file.
  static let none = "none"

  init(_ path: String) { self.path = path }

  /// Its bone: every voxel of a mask that is not 0, or of a CT what ``BoneRule`` takes.
  ///
  /// - Throws: `Diagnostic` where no file is named, or it cannot be read, or holds no bone.
  func load() throws(Diagnostic) -> PriorCompletion.Bone {
    let result = loaded.withLock { loaded in
      if let loaded { return loaded }
      let result = Result { () throws(Diagnostic) in try read() }
      loaded = result
      return result
    }
    return try result.get()
  }

  private func read() throws(Diagnostic) -> PriorCompletion.Bone {
    guard path != Self.none else {
      throw Diagnostic(
        .badParameter, field: "prior",
        expected: "a scan of the patient from before, or of the flap",
        found: "none", remedy: "name its file with --set prior=FILE")
    }
    do {
      let image = try ImageFile(opening: path, hashes: true)
      let volume = try image.volume(applyScaling: true)
      let files = try FilesRead(image).files.map {
        ModelFileRecord(path: $0.path, byteCount: $0.bytes, sha256: $0.sha256, kind: "prior")
      }
      return PriorCompletion.Bone(mask: try RecognizedVolume(volume).bone(), files: files)
    } catch {
      throw Diagnostic(error).about(path)
    }
  }
}

extension PriorCompletion {
  /// The model in the registry. Which file it takes the parameter `prior` of `complete` says.
  static let reader = CompletionModelReader(
    identifier: identifier, isChosenByName: false,
    summary: "bone of the same patient: a scan from before, or the flap",
    recognizes: { $0 == identifier }
  ) { _ in PriorCompletion(from: PriorFile(PriorFile.none)) }

  /// A completion with the bone of a file.
  init(from file: PriorFile) { self.init { try file.load() } }
}
