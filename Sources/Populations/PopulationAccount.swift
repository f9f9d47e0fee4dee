import Files
import Foundation
import SyntheticSkulls
import Volumes

/// The account of a population: `population.json`. It holds no times and no paths, so the same request
/// gives the same bytes.
struct PopulationAccount: Sendable {
  /// The version of the format; a reader must refuse a newer one.
  static let formatVersion = 1
  /// The name of the file in the population's folder.
  static let fileName = "population.json"

  private let header: Header

  init(
    _ request: PopulationRun.Request, template: SkullTemplate, sha256: String?
  ) {
    header = Header(
      seed: request.seed, count: request.count,
      size: request.size.map { "\($0.x)x\($0.y)x\($0.z)" } ?? "native",
      kinds: request.kinds.map(\.rawValue), randomize: request.isRandomized ? true : nil,
      template: Template(
        name: template.name, sha256: sha256, spacing: template.spacing,
        overlap: template.making.overlap, repairedMM3: template.making.repaired,
        closedMM3: template.making.closed))
  }

  /// Writes the account, one case per line.
  ///
  /// - Throws: `Diagnostic`.
  func write(_ cases: [[UInt8]], to path: String) throws {
    var head = try Self.encoder.encode(header)
    // The closing brace is left out; the cases follow.
    head.removeLast()
    try AtomicFile.write(to: path) { sink in
      try sink.write([UInt8](head))
      try sink.write(",\n\"cases\": [\n")
      for (index, record) in cases.enumerated() {
        try sink.write(record)
        try sink.write(index + 1 < cases.count ? ",\n" : "\n")
      }
      try sink.write("]}\n")
    }
  }

  private static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return encoder
  }

  private struct Header: Encodable, Sendable {
    var formatVersion = PopulationAccount.formatVersion
    var seed: UInt64
    var count: Int
    var size: String
    var kinds: [String]
    /// Present where heads and scans stray.
    var randomize: Bool?
    var template: Template
  }

  private struct Template: Encodable, Sendable {
    var name: String
    /// SHA-256 of the decoded voxels, as `calvaria info --sha256` prints it; the analytic skull has none.
    var sha256: String?
    var spacing: Double
    var overlap: Double
    var repairedMM3: Double
    var closedMM3: Double
  }

  struct DefectRecord: Encodable, Sendable {
    var voxels: Int
    var share: Double
    var tries: Int
  }

  /// How a skull, or a head and its scan, differ from the template.
  enum Parameters: Encodable, Sendable {
    case varied(SkullParameters)
    case randomized(RandomizedScans.Parameters)

    func encode(to encoder: any Encoder) throws {
      switch self {
      case .varied(let parameters): try parameters.encode(to: encoder)
      case .randomized(let parameters): try parameters.encode(to: encoder)
      }
    }
  }

  struct CaseRecord: Encodable, Sendable {
    var name: String
    var parameters: Parameters
    var sizes: [Int]
    var spacing: [Double]
    var origin: [Double]
    var voxels: Int
    var defects: [String: DefectRecord]

    init(
      name: String, parameters: Parameters, skull: Mask, defects: [String: DefectRecord]
    ) {
      (self.name, self.parameters, self.defects) = (name, parameters, defects)
      let geometry = skull.geometry
      sizes = (0..<3).map { geometry.sizes[$0] }
      spacing = (0..<3).map { geometry.spacing[$0] }
      origin = (0..<3).map { geometry.origin[$0] }
      voxels = skull.voxelCount
    }

    /// The case as one line of JSON.
    func line() throws -> [UInt8] { [UInt8](try PopulationAccount.encoder.encode(self)) }
  }
}
