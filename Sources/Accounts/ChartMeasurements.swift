public import Completion
public import Implants

/// What goes into a patient's chart: a row for each hole, and what is said of the whole skull.
///
/// *Units*: as in the names. Figures are rounded to three digits.
public struct ChartMeasurements: Codable, Hashable, Sendable {
  /// See ``ImplantMeasures/asymmetryMM``.
  public var asymmetryMM: Double?
  /// The band of bone around a hole whose thickness is measured, in mm from the implant.
  public var boneBandMM = [ImplantMeasures.band.lowerBound, ImplantMeasures.band.upperBound]
  /// The holes, as the completion lists them; after these, pieces of the implant that lie in none.
  public var holes: [Hole]

  /// A hole, and what fills it. A figure that is not known is nil.
  public struct Hole: Codable, Hashable, Sendable {
    /// From 1.
    public var hole: Int
    /// `cranial`, `orbital` or `facial`; nil for a piece in no hole that was found.
    public var kind: String?
    /// Whether it was filled.
    public var isFilled: Bool
    public var crossesMidline: Bool?
    /// Whether it reaches the border of the scan, so that it is larger than it seems.
    public var atBorder: Bool?
    public var centroidLPS: [Double]
    public var areaCM2: Double?
    public var perimeterMM: Double?
    /// The largest diameter, and the largest at a right angle to it.
    public var diameterMM: Double?
    public var widthMM: Double?
    /// Of the bone that is missing.
    public var volumeCM3: Double?
    /// The bone around it, see ``ChartMeasurements/boneBandMM``.
    public var boneMedianMM: Double?
    public var boneP10MM: Double?
    public var boneP90MM: Double?
    /// See ``ImplantMeasures/Piece/mirrorMM``.
    public var mirrorMM: Double?
    /// The part that is made.
    public var partVolumeCM3: Double?
    public var partAreaCM2: Double?
  }

  /// Joins the holes that a completion found with the pieces that fill them.
  ///
  /// - Parameters:
  ///   - findings: nil where the completion looks for no holes.
  ///   - measures: nil where the pipeline measures nothing.
  public init(_ findings: CompletionFindings?, _ measures: ImplantMeasures?) {
    asymmetryMM = measures?.asymmetryMM.map(Self.rounded)
    let defects = findings?.defects ?? []
    var pieces = [[ImplantMeasures.Piece]](repeating: [], count: defects.count)
    var others: [ImplantMeasures.Piece] = []
    for piece in measures?.pieces ?? [] {
      if let defect = findings?.defect(filledAt: piece.centroidLPS) {
        pieces[defect].append(piece)
      } else {
        others.append(piece)
      }
    }
    holes = zip(defects, pieces).map { Hole($0, $1) } + others.map { Hole(nil, [$0]) }
    for number in holes.indices { holes[number].hole = number + 1 }
  }

  static func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
}

extension ChartMeasurements.Hole {
  /// - Parameter pieces: what fills it, the largest first.
  fileprivate init(_ defect: CompletionFindings.Defect?, _ pieces: [ImplantMeasures.Piece]) {
    func sum(_ figure: (ImplantMeasures.Piece) -> Double?) -> Double? {
      let known = pieces.compactMap(figure)
      return known.isEmpty ? nil : ChartMeasurements.rounded(known.reduce(0, +))
    }
    func rounded(_ value: Double?) -> Double? { value.map(ChartMeasurements.rounded) }
    let largest = pieces.first
    hole = 0
    kind = defect?.kind.rawValue
    isFilled = defect?.isFilled ?? true
    (crossesMidline, atBorder) = (defect?.crossesMidline, defect?.atBorder)
    centroidLPS = (defect?.centroidLPS ?? largest?.centroidLPS ?? [])
      .map(ChartMeasurements.rounded)
    areaCM2 = rounded(defect.map { $0.areaMM2 / 100 })
    perimeterMM = rounded(defect?.perimeterMM)
    diameterMM = rounded(defect?.diametersMM.first)
    widthMM = rounded(defect?.diametersMM.dropFirst().first)
    volumeCM3 = sum { $0.volumeMM3 / 1000 }
    boneMedianMM = rounded(largest?.boneThickness?.medianMM)
    boneP10MM = rounded(largest?.boneThickness?.p10MM)
    boneP90MM = rounded(largest?.boneThickness?.p90MM)
    mirrorMM = rounded(largest?.mirrorMM)
    partVolumeCM3 = sum { $0.partVolumeMM3.map { $0 / 1000 } }
    partAreaCM2 = sum { $0.partAreaMM2.map { $0 / 100 } }
  }
}

extension RunAccount.CaseRecord {
  /// What goes into the patient's chart, where nothing was measured of the implant too: what is known of the holes.
  package var chart: ChartMeasurements { measurements ?? ChartMeasurements(findings, nil) }
}
