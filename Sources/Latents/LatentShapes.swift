public import Accounts
import BetaVAE
public import Completion
import Skulls
public import Errors
import Files
import Pictures
import VolumeIO
import VoxelOps
public import Volumes

/// Shapes decoded from chosen places of a latent space, written as volumes and as one picture.
///
/// Volumes are masks (0/1) on the grid that the model sees: for shapes that begin with a case, laid
/// over that case in its own world.
public struct LatentShapes: Sendable {
  package struct Item: Sendable {
    var name: String
    var latent: [Float]
  }

  /// A row of the picture.
  struct Group: Sendable {
    var label: String
    var items: [Item]
  }

  public let model: any LatentShapeModel
  /// The grid that the shapes lie on.
  public let grid: Geometry
  let groups: [Group]
  package let columns: [String]

  /// The numbers of steps that may be asked for.
  public static let steps = 2...1000
  /// The numbers of samples that may be asked for.
  public static let counts = 1...10_000

  /// From the latent of one skull to that of another, evenly, both ends included.
  ///
  /// The shapes lie on the first skull's frame.
  /// - Throws: `Diagnostic` for fewer than two steps or latents of two sizes.
  public init(
    from a: Latent, to b: Latent, steps: Int
  ) throws(Diagnostic) {
    try Self.require(steps, Self.steps, "steps")
    guard a.vector.count == b.vector.count else {
      throw Diagnostic(
        .badData, field: "latents", expected: counted(a.vector.count, "dimension"),
        found: "\(b.vector.count)", remedy: "encode both with one model")
    }
    let items = (0..<steps).map { step in
      let t = Float(step) / Float(steps - 1)
      return Item(
        name: "step-\(Self.number(step, below: steps))",
        latent: zip(a.vector, b.vector).map { $0 + t * ($1 - $0) })
    }
    model = a.model
    grid = a.frame.grid
    groups = [Group(label: "", items: items)]
    columns = (0..<steps).map { Self.text(Double($0) / Double(steps - 1)) }
  }

  /// A skull's latent, moved along single dimensions.
  ///
  /// - Parameters:
  ///   - dimensions: which, from 0; nil: all.
  ///   - range: how far to both sides, in units of the latent space.
  /// - Throws: `Diagnostic` for a dimension that the model does not have, fewer than two steps,
  ///   or a range that is no number above 0.
  public init(
    around latent: Latent, dimensions: [Int]?, range: Double, steps: Int
  ) throws(Diagnostic) {
    try Self.require(steps, Self.steps, "steps")
    let size = latent.vector.count
    for dimension in dimensions ?? [] where !(0..<size).contains(dimension) {
      throw Diagnostic(
        .notInModel, field: "dimension", expected: "0 to \(size - 1), or all",
        found: "\(dimension)", remedy: "name a dimension of the model")
    }
    guard range.isFinite, range > 0, range <= 1e6 else {
      throw Diagnostic(
        .badSetting, field: "range", expected: "a number above 0", found: "\(range)",
        remedy: "give one such as 3")
    }
    let offsets = (0..<steps).map { (2 * Double($0) / Double(steps - 1) - 1) * range }
    groups = (dimensions ?? Array(0..<size)).map { dimension in
      Group(
        label: "\(dimension)",
        items: offsets.enumerated().map { step, offset in
          var moved = latent.vector
          moved[dimension] += Float(offset)
          return Item(
            name: "dimension-\(Self.number(dimension, below: size))"
              + "-step-\(Self.number(step, below: steps))", latent: moved)
        })
    }
    columns = offsets.map(Self.text)
    model = latent.model
    grid = latent.frame.grid
  }

  /// Shapes drawn from the prior, z ~ N(0, I); the n-th depends on the seed and n alone.
  ///
  /// - Throws: `Diagnostic` for a count outside ``counts``.
  public init(
    samplesOf model: any LatentShapeModel, count: Int, seed: UInt64
  ) throws(Diagnostic) {
    try Self.require(count, Self.counts, "count")
    let items = (0..<count).map { number in
      Item(
        name: "sample-\(Self.number(number, below: count))",
        latent: LatentNoise.prior(latentSize: model.latentSize, seed: seed, number: number))
    }
    groups = stride(from: 0, to: count, by: 6).map {
      Group(label: "", items: Array(items[$0..<min(count, $0 + 6)]))
    }
    columns = []
    self.model = model
    grid = Frame.typicalGrid(of: model.inputShape)
  }

  /// Bytes that ``write(into:threads:memory:modelPath:)`` takes: the network and its output, a mask twice, and
  /// the picture.
  package var bytes: Int { model.sessionBytes(minibatch: 1) + 2 * model.inputVoxels + 128 << 20 }

  /// Decodes and writes the shapes, `latents.csv` with their vectors, and `shapes.png`.
  ///
  /// - Parameter modelPath: the file to name where the memory does not suffice.
  /// - Returns: the files.
  /// - Throws: what the device throws; `Diagnostic` with the code `memory` where it takes more
  ///   than `memory`; `Diagnostic` where a file cannot be written.
  public func write(
    into folder: String, threads: Int, memory: Int = HostResources.plannedMemory,
    modelPath: String = ""
  ) throws -> [String] {
    try LatentMemory.require(bytes, to: "decode shapes", path: modelPath, memory: memory)
    try Folders.make(folder)
    let session = try model.session(minibatch: 1, threads: threads)
    var files: [String] = []
    var rows: [ContactSheet.Row] = []
    var table: [LatentTable.Row] = []
    var drawn = 0
    for group in groups {
      var row = ContactSheet.Row(label: group.label)
      for item in group.items {
        let shape = try session.decode([item.latent], on: grid)[0]
        let path = "\(folder)/\(item.name)\(VolumeFormat.nrrd.standardEnding)"
        try VolumeFile.write(
          AnyVolume(shape.binarized(in: .atLeast(0.5), threads: threads).asVolume), to: path)
        files.append(path)
        table.append(
          LatentTable.Row(
            name: item.name, className: "", mean: item.latent,
            sigma: Array(repeating: 0, count: item.latent.count)))
        // A picture is for people.
        if drawn < 400, row.tiles.count < 24 {
          row.append(shape)
          drawn += 1
        }
      }
      if !row.tiles.isEmpty { rows.append(row) }
    }
    let csv = "\(folder)/\(LatentTable.fileName)"
    let latents = try LatentTable(latentSize: model.latentSize, rows: table)
    try AtomicFile.write(Array(latents.csv.utf8), to: csv)
    let picture = "\(folder)/shapes.png"
    try AtomicFile.write(
      PNG.encode(ContactSheet.render(rows, columns: Array(columns.prefix(24)))), to: picture)
    return files + [csv, picture]
  }

  private static func require(
    _ value: Int, _ range: ClosedRange<Int>, _ field: String
  ) throws(Diagnostic) {
    guard range.contains(value) else {
      throw Diagnostic(
        .badSetting, field: field, expected: "\(range.lowerBound) to \(range.upperBound)",
        found: "\(value)", remedy: "give such a number")
    }
  }

  /// A number with as many digits as the last one's, two at least.
  private static func number(_ number: Int, below count: Int) -> String {
    let width = max(2, String(count - 1).count)
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }

  /// Two digits behind the point.
  private static func text(_ value: Double) -> String {
    let hundredths = Int((abs(value) * 100).rounded())
    let rest = hundredths % 100
    return (value < 0 && hundredths > 0 ? "-" : "")
      + "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
  }
}
