/// What a printer can make.
public struct PrinterProfile: Hashable, Sendable {
  /// Its name, such as `sla-0.05`.
  public var name: String
  /// The thinnest wall that it makes reliably, in mm.
  public var wall: Double
  /// The largest part, in mm, in any order of axes.
  public var plate: SIMD3<Double>
  /// Whether a closed cavity is a fault, because resin or powder stays in it.
  public var allowsCavities: Bool

  public init(name: String, wall: Double, plate: SIMD3<Double>, allowsCavities: Bool = false) {
    (self.name, self.wall, self.plate) = (name, wall, plate)
    self.allowsCavities = allowsCavities
  }
}
