extension NRRDImage {
  /// The key/values in which ``Conversion`` keeps the scaling of a NIfTI file.
  static let scalingKeys = (slope: "scl_slope", intercept: "scl_inter")

  /// Keys that ITK copies from a NIfTI header beside those of the scaling, with values that it has scaled already.
  private static let copiedKeys: Set<String> = [
    "bitpix", "datatype", "dim[0]", "nifti_type", "pixdim[0]", "qform_code", "sform_code", "srow_x",
    "vox_offset",
  ]

  /// The scaling that ``Conversion`` left in the key/values; nil where there is none, or one that was applied.
  var scaling: ValueScaling? {
    guard header.type.scalarType != nil,
      !header.keyValues.contains(where: { Self.copiedKeys.contains($0.key) })
    else { return nil }
    func number(_ key: String) -> Double? {
      header.keyValues.first { $0.key == key }.flatMap { Double($0.value) }
    }
    let slope = number(Self.scalingKeys.slope) ?? 1
    let intercept = number(Self.scalingKeys.intercept) ?? 0
    guard slope.isFinite, intercept.isFinite, slope != 0, slope != 1 || intercept != 0 else {
      return nil
    }
    return ValueScaling(slope: slope, intercept: intercept)
  }

  /// That the values are scaled.
  var scalingWarnings: [String] {
    guard let scaling else { return [] }
    return [
      "\(path): \(Self.scalingKeys.slope): "
        + "values are stored as (value - \(NumberText.shortest(scaling.intercept)))"
        + " / \(NumberText.shortest(scaling.slope))"
    ]
  }
}

extension NRRDHeader {
  /// Replaces the key/values of a scaling; nil removes them.
  mutating func setScaling(_ scaling: ValueScaling?) {
    let keys = NRRDImage.scalingKeys
    keyValues.removeAll { $0.key == keys.slope || $0.key == keys.intercept }
    guard let scaling else { return }
    keyValues.append(.init(keys.slope, NumberText.shortest(scaling.slope)))
    keyValues.append(.init(keys.intercept, NumberText.shortest(scaling.intercept)))
  }
}
