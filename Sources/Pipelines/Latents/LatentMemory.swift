import Files
public import ShapeModels
import Dataflow
import Stages
import VolumeIO

/// Whether a model can be read and used with the memory that there is: a file of some kilobytes may
/// describe a network of terabytes.
public enum LatentMemory {
  /// The model of a file, where there is memory to read it.
  ///
  /// - Throws: ``ShapeModels/ShapeModelError`` with the code `badSetting` and the numbers where there is
  ///   not; as ``ShapeModels/LatentModelReference/load()``.
  public static func load(
    _ path: String, memory: Int = HostResources.plannedMemory
  ) throws -> LoadedLatentModel {
    let reference = LatentModelReference.at(path)
    try requireReadable(reference.path, memory: memory)
    return try reference.load()
  }

  /// Bytes that reading a file of tensors takes for each of its own: those bytes twice, and the numbers,
  /// which may have been half as long.
  private static let copies = 4

  /// Throws where a file of tensors is too large to be read; of a file that is not there others tell.
  static func requireReadable(_ path: String, memory: Int) throws(ShapeModelError) {
    guard let file = try? InputFile(path), file.size > memory / copies else { return }
    try require(
      file.size.multipliedReportingOverflow(by: copies).overflow ? .max : file.size * copies,
      to: "read this file", path: path, memory: memory)
  }

  /// Throws where something takes more than there is.
  static func require(
    _ bytes: Int, to purpose: String, path: String, memory: Int
  ) throws(ShapeModelError) {
    guard bytes > memory else { return }
    throw ShapeModelError(
      .badSetting, path: path, field: "memory",
      expected: "at most \(Refusal.megabytes(memory))",
      found: "that it takes \(Refusal.megabytes(bytes)) to \(purpose)",
      remedy: "raise --memory, or use a smaller model")
  }
}

/// What reading a file, finding its bone and encoding it take, by the demands of the stages.
struct EncodingPlan {
  private let graph: StageGraph
  private let source = "case"

  init(_ model: LoadedLatentModel, rule: FramingRule) {
    var graph = StageGraph()
    let file = graph.source(source, of: CaseFile.self)
    let bone = graph.add(Bone(), to: graph.add(Load(), to: file))
    let latent = graph.add(
      Encode(model: LatentModelReference(holding: model), framing: rule), to: bone)
    graph.keep(latent, as: "latent")
    self.graph = graph
  }

  /// Bytes at the peak; of a file that cannot be opened those of the network alone.
  func peakBytes(of path: String, reading: ReadOptions) throws -> Int {
    try MemoryPlan(of: graph, sources: [source: CaseFile(path: path, reading: reading).extent])
      .peakBytes
  }
}
