extension CompletionFindings {
  /// The index of the hole that a piece of an implant fills: of those that were filled the nearest; nil if the piece is
  /// further from its middle than 30 mm and than its diameter.
  ///
  /// - Parameter centroidLPS: of the piece, in mm.
  public func defect(filledAt centroidLPS: [Double]) -> Int? {
    func distance(_ defect: Defect) -> Double {
      zip(defect.centroidLPS, centroidLPS).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        .squareRoot()
    }
    let nearest = defects.indices.filter { defects[$0].isFilled }
      .min { distance(defects[$0]) < distance(defects[$1]) }
    guard let nearest,
      distance(defects[nearest]) <= max(Self.near, defects[nearest].diametersMM.max() ?? 0)
    else { return nil }
    return nearest
  }

  private static let near = 30.0
}
