import Files
import Foundation
import Settings

extension PipelineFile {
  /// Names the pipeline in the same folder that has a parameter which this one lacks; empty where none has.
  func remedy(forMissing parameter: String) -> String {
    let folder = path.contains("/") ? (path as NSString).deletingLastPathComponent : "."
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    for name in names.sorted() where name.hasSuffix(".yaml") {
      // Only a hint: what cannot be read is no help.
      guard let other = try? PipelineFile(reading: "\(folder)/\(name)"),
        other.parameters.contains(where: { $0.key == parameter })
      else { continue }
      return "\(name) has it: --pipeline \(folder)/\(name)"
    }
    return ""
  }
}
