import Files
import Pipelines
import ShapeModels
import TensorFiles
import VolumeIO

/// A kind of file that is fuzzed: bytes go the way that a user's file goes, from opening to writing, and
/// whatever is no typed error of the module that reads it ends the run.
enum FuzzTarget: String, CaseIterable {
  case nrrd, nifti, pipeline, training, safetensors, torch

  /// The name of the file that holds the bytes; nil where readers take bytes.
  var fileName: String? {
    switch self {
    case .nrrd: "case.nrrd"
    case .nifti: "case.nii"
    case .pipeline, .training, .safetensors, .torch: nil
    }
  }

  /// One input; 0, as libFuzzer wants it.
  func take(_ data: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let bytes = UnsafeRawBufferPointer(start: data, count: count)
    do {
      switch self {
      case .nrrd, .nifti: try readVolume(bytes)
      case .pipeline: _ = try Pipeline(PipelineFile(yaml: Array(bytes), path: "case.yaml"))
      case .training: _ = try TrainingFile(yaml: Array(bytes), path: "case.yaml")
      case .safetensors, .torch: try readTensors(Array(bytes))
      }
    } catch is VolumeIOError, is PipelineErrors, is TensorFileError, is ShapeModelError {
      // What a damaged file is to end in.
    } catch is FileError where self == .pipeline || self == .training {
      // A file that the text names.
    } catch {
      fatalError("an error of no kind that a reader of \(rawValue) files throws: \(error)")
    }
    return 0
  }

  // MARK: Volumes

  /// Opens, decodes, writes in the same format, reads again: the voxels must be the same.
  private func readVolume(_ bytes: UnsafeRawBufferPointer) throws {
    ScratchFile.write(bytes)
    let file = try ImageFile(opening: ScratchFile.path)
    _ = file.info.json()
    // The most that deflate can make of each byte, and a header.
    let limit = 1032 * bytes.count + 1 << 16
    guard file.demand <= 8 * limit else {
      fatalError("\(bytes.count) bytes ask for \(file.demand)")
    }
    guard file.demand < 1 << 24 else { return }
    let elements = try file.elements()
    let output = ScratchFile.output(self == .nifti ? "out.nii" : "out.nrrd")
    do {
      try Conversion.convert(ScratchFile.path, to: output)
    } catch let error as VolumeIOError where error.code == .unwritable {
      return
    }
    let again = try ImageFile(opening: output).elements()
    let same = elements.withBytes { a in again.withBytes { b in a.elementsEqual(b) } }
    guard same else { fatalError("what was written reads back as something else") }
  }

  // MARK: Tensors

  /// Reads an archive, writes it, reads it again; makes a network of it where it is one.
  private func readTensors(_ bytes: [UInt8]) throws {
    let archive = try TensorArchive(bytes: bytes)
    let held = archive.tensors.reduce(0) { $0 + $1.bytes.count }
    // Views of one storage may overlap, so a state dict may hold more than its file; not without end.
    guard held <= 64 * bytes.count + 1 << 20 else {
      fatalError("\(bytes.count) bytes became \(held)")
    }
    _ = try ModelFile.read(archive)
  }
}
