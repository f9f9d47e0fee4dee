public import Accounts

/// What goes into the charts of many patients: `measurements.csv`, a row a hole.
public struct MeasurementTable: Sendable {
  /// The name of the file in the output folder.
  public static let fileName = "measurements.csv"

  public struct Case: Sendable {
    public var name: String
    /// The kind of defect; empty if unknown.
    public var kind: String
    public var measurements: ChartMeasurements
    public var status: RunAccount.Status

    public init(
      name: String, kind: String, measurements: ChartMeasurements, status: RunAccount.Status
    ) {
      (self.name, self.kind, self.measurements, self.status) = (name, kind, measurements, status)
    }
  }

  /// The cases, sorted by kind and name.
  public var cases: [Case]

  public init(cases: [Case]) { self.cases = cases }

  private static let columns = [
    "case", "kind", "hole", "defect", "filled", "crosses_midline", "at_border", "x", "y", "z",
    "area_cm2", "perimeter_mm", "diameter_mm", "width_mm", "volume_cm3", "bone_median_mm",
    "bone_p10_mm", "bone_p90_mm", "mirror_mm", "asymmetry_mm", "part_volume_cm3", "part_area_cm2",
    "status",
  ]

  /// The table as comma-separated values; a figure that is not known is empty. A case without a hole has one row.
  ///
  /// *Source*: RFC 4180.
  public var csv: String {
    var lines = [Self.columns.joined(separator: ",")]
    for one in cases {
      let holes: [ChartMeasurements.Hole?] =
        one.measurements.holes.isEmpty ? [nil] : one.measurements.holes.map { $0 }
      for hole in holes { lines.append(Self.line(one, hole)) }
    }
    return lines.map { $0 + "\r\n" }.joined()
  }

  private static func line(_ one: Case, _ hole: ChartMeasurements.Hole?) -> String {
    func text(_ value: (some CustomStringConvertible)?) -> String { value?.description ?? "" }
    let place = (0..<3).map { axis in
      text(hole.flatMap { $0.centroidLPS.indices.contains(axis) ? $0.centroidLPS[axis] : nil })
    }
    let figures = [
      hole?.areaCM2, hole?.perimeterMM, hole?.diameterMM, hole?.widthMM, hole?.volumeCM3,
      hole?.boneMedianMM, hole?.boneP10MM, hole?.boneP90MM, hole?.mirrorMM,
      one.measurements.asymmetryMM, hole?.partVolumeCM3, hole?.partAreaCM2,
    ]
    let fields =
      [
        CSVText.quoted(one.name), CSVText.quoted(one.kind), text(hole?.hole),
        text(hole?.kind), text(hole?.isFilled), text(hole?.crossesMidline),
        text(hole?.atBorder),
      ] + place + figures.map { text($0) } + [one.status.rawValue]
    return fields.joined(separator: ",")
  }
}
