import Accounts
import Foundation
import Pipelines
import Stages
import TestSupport
import Testing
import VolumeIO
import Volumes

/// Runs the text of a pipeline file on `case.nrrd`, a mask; the outputs are in `out` of the folder.
func runOneCase(
  _ text: String, _ mask: Mask, registries: Registries, options: Pipeline.Options = .init(),
  in folder: FileTree
) throws {
  let (pipeline, input) = (folder.path + "/p.yaml", folder.path + "/case.nrrd")
  try VolumeFile.write(AnyVolume(mask.asVolume), to: input)
  try Data(text.utf8).write(to: URL(filePath: pipeline))
  let request = PipelineRun.Request(
    pipeline: try Pipeline(
      PipelineFile(reading: pipeline), registries: registries, options: options),
    paths: [input], folder: folder.path + "/out",
    program: RunAccount.Program(version: "0", libraries: [:]))
  let account = try PipelineRun(request).start { _ in }.finish()
  try #require(account.status == .completed, "\(account.cases.map(\.error))")
}

/// A mask that a run wrote.
func readMask(_ name: String, in folder: FileTree) throws -> Mask {
  let volume = try ImageFile(opening: "\(folder.path)/out/\(name)").volume()
  return Mask(nonzeroOf: try #require(volume.base as? Volume<UInt8>))
}
