import Volumes

/// The voxel → world map that a NIfTI header means.
///
/// sform where its code is positive, else qform where its code is positive (qfac 0 means +1), else
/// the spacings along the axes with the origin at the first voxel and no space.
///
/// *Units*: those of the file; ``millimetresPerUnit`` turns them into mm.
struct NIfTIPlacement: Sendable {
  let map: Affine
  /// Whether the header says where right, anterior and superior are.
  let hasSpace: Bool
  /// Whether any spacing is stated.
  let hasSpacings: Bool
  /// The field that the map comes from.
  let field: String
  let millimetresPerUnit: Double
  let warnings: [String]

  init(_ header: NIfTIHeader, path: String) {
    var warnings: [String] = []
    let spacing = SIMD3(header.pixdim[1], header.pixdim[2], header.pixdim[3])
    hasSpacings = (0..<3).contains { spacing[$0] != 0 }
    if header.sformCode > 0 {
      (map, hasSpace, field) = (header.matrices.sform, true, "srow")
      let sides = SIMD3(map.linear[0].length, map.linear[1].length, map.linear[2].length)
      if header.qformCode > 0, let distance = Self.contradiction(header) {
        warnings.append(
          "\(path): sform: the corners of sform and qform lie up to "
            + "\(NumberText.shortest((distance * 1000).rounded() / 1000)) mm apart; sform counts")
      } else if let axis = Self.axes(header).first(where: {
        spacing[$0] != 0
          && abs(sides[$0] - abs(spacing[$0])) > 1e-3 * max(sides[$0], abs(spacing[$0]))
      }) {
        func text(_ v: SIMD3<Double>) -> String {
          (0..<3).map { NumberText.shortest((v[$0] * 10_000).rounded() / 10_000) }.joined(
            separator: " × ")
        }
        warnings.append(
          "\(path): pixdim[\(axis + 1)]: voxels of \(text(spacing)) by pixdim, of \(text(sides)) by sform; sform "
            + "counts, so check the size of what is made")
      }
    } else if header.qformCode > 0 {
      (map, hasSpace, field) = (header.matrices.qform, true, "quatern")
      let missing = Self.axes(header).filter { spacing[$0] == 0 }
      if !missing.isEmpty {
        warnings.append(
          "\(path): pixdim: 0 along \(missing.map { ["x", "y", "z"][$0] }.joined(separator: ", ")) beside a qform, "
            + "taken as 1 mm; check the size of what is made")
      }
    } else {
      // A negative spacing is an old way to say that an axis is flipped; no reader follows it.
      let steps = spacing.replacing(with: -spacing, where: spacing .< 0)
        .replacing(with: 1, where: spacing .== 0)
      map = Affine(linear: Matrix3(diagonal: steps))
      (hasSpace, field) = (false, "pixdim")
      warnings.append(
        "\(path): qform_code: neither sform nor qform is set, so left and right are unknown; "
          + "axes are taken along x, y, z of LPS")
    }
    // Bits 0 to 2 are the unit of space.
    switch header.units & 7 {
    case 0, 2: millimetresPerUnit = 1
    case 1:
      millimetresPerUnit = 1000
      warnings.append("\(path): xyzt_units: metres, converted to mm")
    case 3:
      millimetresPerUnit = 0.001
      warnings.append("\(path): xyzt_units: micrometres, converted to mm")
    case let other:
      millimetresPerUnit = 1
      warnings.append("\(path): xyzt_units: unknown unit \(other) of space, taken as mm")
    }
    self.warnings = warnings
  }

  /// The axes of space that the image has.
  private static func axes(_ header: NIfTIHeader) -> Range<Int> { 0..<min(3, header.sizes.count) }

  /// How far apart in mm the corners of both forms lie, or nil where that can be rounding.
  private static func contradiction(_ header: NIfTIHeader) -> Double? {
    let (qform, sform) = header.matrices
    let last = (0..<3).map { Double(($0 < header.sizes.count ? header.sizes[$0] : 1) - 1) }
    var (worst, extent) = (0.0, 0.0)
    for corner in 0..<8 {
      let index = SIMD3(
        corner & 1 != 0 ? last[0] : 0, corner & 2 != 0 ? last[1] : 0, corner & 4 != 0 ? last[2] : 0)
      worst = max(worst, (qform * index - sform * index).length)
      extent = max(extent, (sform.linear * index).length, sform.translation.length)
    }
    // Three of the quaternion's numbers are stored and the fourth is 1 minus their squares, so near
    // half-turns float32 leaves an angle of up to 6e-4; elsewhere the error is that of the numbers.
    let squares = (header.quaternion * header.quaternion).sum()
    let fourth = max(0, 1 - squares).squareRoot()
    let angle = header.version == 1 ? min(1e-3, 1e-6 + 2e-7 / max(fourth, 1e-9)) : 1e-9
    let tolerance = 1e-3 + angle * extent
    return worst > tolerance ? worst : nil
  }
}
