import Accounts
import Completion
import Meshes
import Skulls
import Volumes

/// What comparing two scans found. *Units*: as in the names; LPS of the first scan.
public struct CompareAccount: Encodable, Sendable {
  public let formatVersion = 1
  public let first: String
  public let second: String
  public let registration: Registration
  /// Changes up to this are not told from noise.
  public let toleranceMM: Double
  public let change: Change
  public let lost: Amount
  public let gained: Amount
  /// What is odd about the files, one sentence each.
  public let warnings: [String]
  public let notice = "Not for clinical use without review."

  /// How the second scan was laid onto the first.
  public struct Registration: Encodable, Sendable {
    /// By how much the second head is turned against the first.
    public let rotationDegrees: Double
    /// From where the middle of the head lies in the first scan to where it lies in the second.
    public let shiftMM: [Double]
    /// From the second scan's LPS to the first's: three rows of four.
    public let matrix: [[Double]]
    /// See ``SkullAlignment/agreement``.
    public let agreement: Double
    public let misfitMM: Double
  }

  /// The signed change over the compared surface, below 0 where bone was lost.
  public struct Change: Encodable, Sendable {
    public let medianMM: Double?
    public let p05MM: Double?
    public let p95MM: Double?
    /// The size of the change, whatever its sign.
    public let medianSizeMM: Double?
    public let p95SizeMM: Double?
    public let areaCM2: Double
  }

  /// What lies beyond the tolerance.
  public struct Amount: Encodable, Sendable {
    public let volumeCM3: Double
    public let places: [SkullChange.Place]
  }

  init(
    first: String, second: String, alignment: SkullAlignment, change: SkullChange,
    warnings: [String]
  ) {
    (self.first, self.second, self.warnings) = (first, second, warnings)
    let back = alignment.map.inverse ?? alignment.map
    let centre = alignment.pose.centre
    let shift = back * centre - centre
    let columns = alignment.map.linear.columns
    registration = Registration(
      rotationDegrees: CompareRun.rounded(alignment.map.linear.angle),
      shiftMM: (0..<3).map { CompareRun.rounded(shift[$0]) },
      matrix: (0..<3).map {
        [columns.0[$0], columns.1[$0], columns.2[$0], alignment.map.translation[$0]]
      },
      agreement: CompareRun.rounded(alignment.agreement),
      misfitMM: CompareRun.rounded(alignment.misfit))
    toleranceMM = change.tolerance
    let signed = change.distribution
    let sizes = Distribution(signed.sorted.map { abs($0) })
    func rounded(_ value: Double?) -> Double? { value.map(CompareRun.rounded) }
    self.change = Change(
      medianMM: rounded(signed.quantile(0.5)), p05MM: rounded(signed.quantile(0.05)),
      p95MM: rounded(signed.quantile(0.95)), medianSizeMM: rounded(sizes.quantile(0.5)),
      p95SizeMM: rounded(sizes.quantile(0.95)), areaCM2: CompareRun.rounded(change.area / 100))
    (lost, gained) = (Self.amount(change.lost), Self.amount(change.gained))
  }

  private static func amount(_ places: [SkullChange.Place]) -> Amount {
    Amount(
      volumeCM3: CompareRun.rounded(places.reduce(0) { $0 + $1.volumeMM3 } / 1000),
      places: places.map { place in
        SkullChange.Place(
          centroidLPS: place.centroidLPS.map(CompareRun.rounded),
          volumeMM3: CompareRun.rounded(place.volumeMM3),
          deepestMM: CompareRun.rounded(place.deepestMM))
      })
  }

  public func json() throws -> String { try JSONFile.text(of: self) }

  /// The account as lines for people.
  public var lines: [String] {
    func text(_ value: Double?) -> String { value.map { "\((($0) * 100).rounded() / 100)" } ?? "–" }
    func line(_ word: String, _ amount: Amount) -> [String] {
      ["\(word)  \(text(amount.volumeCM3)) cm³ in \(amount.places.count) places"]
        + amount.places.prefix(5).map { place in
          let at = place.centroidLPS.map { text($0) }.joined(separator: ", ")
          return
            "  \(text(place.volumeMM3 / 1000)) cm³, up to \(text(place.deepestMM)) mm, at (\(at)) mm LPS"
        }
    }
    return [
      "laid on  turned by \(text(registration.rotationDegrees))°, moved by \(registration.shiftMM.map { text($0) }.joined(separator: ", ")) mm; "
        + "\(text(100 * registration.agreement)) % of the bone agrees",
      "change  median \(text(change.medianMM)) mm, 5 % below \(text(change.p05MM)), 5 % above \(text(change.p95MM)) mm, on \(text(change.areaCM2)) cm²; "
        + "up to \(text(toleranceMM)) mm is noise",
    ] + line("lost", lost) + line("gained", gained) + [notice]
  }
}
