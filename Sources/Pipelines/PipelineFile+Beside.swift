import Files
import Foundation
import Settings

extension PipelineFile {
  /// Names the pipelines in the same folder that have a parameter which this one lacks; empty where none has.
  func remedy(forMissing parameter: String) -> String {
    let folder = path.contains("/") ? (path as NSString).deletingLastPathComponent : "."
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let others = names.sorted().filter { name in
      // Only a hint: what cannot be read is no help.
      guard name.hasSuffix(".yaml"), let other = try? PipelineFile(reading: "\(folder)/\(name)")
      else { return false }
      return other.parameters.contains { $0.key == parameter }
    }
    guard let last = others.last else { return "" }
    return others.count == 1
      ? "\(last) has it: --pipeline \(folder)/\(last)"
      : "\(others.joined(separator: ", ")) have it, such as: --pipeline \(folder)/\(last)"
  }
}
