public import Dataflow
import Implants
public import Pictures

/// Writes below a preview what the gate found.
public struct Annotate: DeclaredStage {
  public static let kind = "annotate"
  public static let summary = "Writes below a preview what the gate found of the part."
  public static let ports = ["of", "gate"]
  public static let parameters: [ParameterDeclaration] = []

  public init() {}
  public init(_ parameters: Parameters) {}

  /// The bytes of the picture, twice.
  public func demand(for inputs: [Extent]) -> Demand {
    let output = Extent(bytes: inputs[0].bytes + 3 * 1600 * 400)
    return Demand(peakBytes: 2 * output.bytes, output: output)
  }

  /// The picture with a strip of lines.
  public func run(_ input: Inputs<RGBImage, CheckedSurface>, in context: StageContext) throws
    -> RGBImage
  {
    let (picture, part) = input.values
    return picture.withLines(part.report.pictureLines)
  }
}

extension GateReport {
  /// The verdict, what fails, the figures that matter most, and the notice.
  var pictureLines: [String] {
    var lines: [String] = []
    if !checks.isEmpty {
      let failed = checks.filter { !$0.passes }
      lines.append(
        failed.isEmpty
          ? "PART: PASSES ALL \(checks.count { $0.limit != nil }) CHECKS" : "PART: FAILS")
      lines += failed.map { "  " + $0.sentence }
      let told = [
        "volume": "VOLUME", "wall": "WALL", "thicknessMedian": "THICKNESS", "gapMedian": "GAP",
        "slideLeast": "LEAST GAP ON THE WAY IN",
      ]
      lines.append(
        checks.compactMap { check in told[check.name].map { "\($0) \(check.number)" } }
          .joined(separator: "   "))
    }
    return lines + ["NOT FOR CLINICAL USE WITHOUT REVIEW"]
  }
}
