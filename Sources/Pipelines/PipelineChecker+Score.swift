import Settings
import Errors
import Dataflow
import Stages
import Volumes

extension PipelineChecker {
  /// The stages whose masks are scored: the implant, and the skull that it is put into; nil if the file
  /// names none.
  mutating func score(_ resolved: [Resolved]) -> (of: String, against: String)? {
    guard !file.score.isEmpty else { return nil }
    let ports = ["of", "against"]
    for entry in file.score where !ports.contains(entry.key) {
      report(
        entry.place, "score.\(entry.key)", expected: "one of \(ports.joined(separator: ", "))",
        found: entry.key,
        remedy: nearestName(to: entry.key, among: ports).map { "did you mean \($0)?" }
          ?? "write `score: {of: implant, against: defective}`")
    }
    let masks = resolved.filter { $0.entry.output == Mask.self }.map(\.name)
    let names = ports.map { port -> String? in
      guard let entry = file.score.first(where: { $0.key == port }) else {
        report(
          file.score[0].place, "score.\(port)", expected: "a stage that makes a mask",
          found: "nothing",
          remedy: "write `score: {of: implant, against: defective}`")
        return nil
      }
      guard !entry.value.isList, masks.contains(entry.value.texts[0]) else {
        report(
          entry.value.place, "score.\(port)",
          expected: "a stage that makes a mask (\(masks.joined(separator: ", ")))",
          found: entry.value.quoted,
          remedy: nearestName(to: entry.value.texts[0], among: masks).map { "did you mean \($0)?" }
            ?? "")
        return nil
      }
      return entry.value.texts[0]
    }
    guard let of = names[0], let against = names[1] else { return nil }
    return (of, against)
  }
}
