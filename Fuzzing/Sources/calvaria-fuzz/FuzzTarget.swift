import Errors
import Files
import MeshIO
import TensorFiles
import TrainingRuns
import VolumeIO

/// A kind of file that is fuzzed: bytes go the way that a user's file goes, from opening to writing, and
/// whatever is no typed error of the module that reads it ends the run.
enum FuzzTarget: String, CaseIterable {
  case nrrd, nifti, pipeline, training, safetensors, torch, stl, ply, obj
  case threeMF = "3mf"

  /// One input.
  func take(_ bytes: UnsafeRawBufferPointer) {
    do {
      switch self {
      case .nrrd: try NRRDInput.take(bytes)
      case .nifti: try NIfTIInput.take(bytes)
      case .pipeline: try PipelineInput.take(Array(bytes))
      case .training: _ = try TrainingFile(yaml: Array(bytes), path: "case.yaml")
      case .safetensors, .torch: try TensorInput.take(Array(bytes))
      case .stl: try MeshInput.take(bytes, .stl)
      case .ply: try MeshInput.take(bytes, .ply)
      case .obj: try MeshInput.take(bytes, .obj)
      case .threeMF: try MeshInput.take(bytes, .threeMF)
      }
    } catch is Diagnostic, is Diagnostics {
      // What a damaged file is to end in.
    } catch {
      fatalError("an error of no kind that a reader of \(rawValue) files throws: \(error)")
    }
  }

  /// Mends lengths and checksums that a change has made wrong.
  func repair(_ bytes: UnsafeMutableRawBufferPointer) {
    switch self {
    case .safetensors: TensorInput.repairHeaderLength(of: bytes)
    case .torch, .threeMF: TensorInput.repairChecksums(of: bytes)
    case .nrrd, .nifti, .pipeline, .training, .stl, .ply, .obj: break
    }
  }

  /// The files that lie beside the input, whose names the dictionaries know.
  var otherFiles: [String] {
    switch self {
    case .nrrd: ["a1.raw", "a2.raw", "a3.raw", "a4.raw"]
    case .nifti: ["case.img"]
    case .pipeline, .training, .safetensors, .torch, .stl, .ply, .obj, .threeMF: []
    }
  }
}
