import Dataflow
package import VolumeIO
package import Volumes

/// The bone of one file, by the stages that pipelines use.
package enum CaseBone {
  package static func read(
    _ path: String, reading: ReadOptions, threads: Int = 1
  ) throws -> (bone: Mask, warnings: [String]) {
    let context = StageContext(caseName: path, cores: threads)
    let scan = try Load().run(Inputs(CaseFile(path: path, reading: reading)), in: context)
    let bone = try Bone().run(Inputs(scan), in: context)
    return (bone, context.warnings)
  }
}
