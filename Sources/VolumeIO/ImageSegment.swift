import Errors

/// A segment of a segmentation: a name for the voxels of one value, as 3D Slicer writes it into a `.seg.nrrd`.
public struct ImageSegment: Hashable, Sendable {
  /// The name that the user gave it, such as `skull`.
  public var name: String
  /// The name that the program gave it, such as `Segment_1`; nil where there is none.
  public var id: String?
  /// The value of its voxels.
  public var label: Int
  /// Where its voxels lie along the axis of layers; segments that overlap lie in layers of their own.
  public var layer: Int
}

extension ImageInfo {
  /// The segments that the header names, by their numbers; empty where the file is no segmentation.
  ///
  /// *Source*: 3D Slicer 5, `vtkMRMLSegmentationStorageNode`: `Segment0_Name`, `Segment0_LabelValue`, `Segment0_Layer`. Files
  /// before 4.11 have no layers by name: each segment is a layer of zeros and ones.
  public var segments: [ImageSegment] {
    var fields: [Int: [String: String]] = [:]
    for pair in keyValues where pair.key.hasPrefix("Segment") {
      let parts = pair.key.dropFirst("Segment".count).split(separator: "_", maxSplits: 1)
      guard parts.count == 2, let number = Int(parts[0]), number >= 0 else { continue }
      fields[number, default: [:]][String(parts[1])] = pair.value
    }
    let hasLayers = sizes.count > 3
    return fields.filter { $1["Name"] != nil || $1["ID"] != nil }.sorted { $0.key < $1.key }
      .enumerated().map { place, field in
        func number(_ name: String) -> Int? { field.value[name].flatMap { Int($0) } }
        return ImageSegment(
          name: field.value["Name"] ?? field.value["ID"]!, id: field.value["ID"],
          label: number("LabelValue") ?? 1, layer: number("Layer") ?? (hasLayers ? place : 0))
      }
  }

  /// The names of the segments, for messages.
  var segmentNames: String { segments.map { quoted($0.name) }.joined(separator: ", ") }

  /// The segment of a name or an id.
  ///
  /// - Throws: `Diagnostic` with the names that there are, where none or several have it.
  func segment(named name: String, of path: String) throws(Diagnostic) -> ImageSegment {
    let all = segments
    let named = all.filter { $0.name == name }
    let found = named.isEmpty ? all.filter { $0.id == name } : named
    if found.count == 1 { return found[0] }
    let near = nearestName(to: name, among: all.map(\.name))
    throw Diagnostic(
      .badParameter, path, field: "segment", expected: "one of \(segmentNames)",
      found: found.isEmpty ? quoted(name) : "\(found.count) of the name \(quoted(name))",
      remedy: found.isEmpty
        ? near.map { "did you mean --segment \(quoted($0))?" } ?? "name one with --segment"
        : "choose by id: "
          + found.compactMap(\.id).map { "--segment \(quoted($0))" }
          .joined(separator: " or "))
  }
}
