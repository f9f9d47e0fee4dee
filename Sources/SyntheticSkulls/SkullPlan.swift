internal import Volumes

/// Everything about a synthetic skull but its voxels.
struct SkullPlan {
  var parameters: SkullParameters
  let warp: Warp
  let geometry: Geometry

  init(_ template: SkullTemplate, seed: UInt64, case number: Int, size: GridSize?) {
    parameters = SkullParameters(seed: seed, case: number)
    warp = Warp(seed: seed, case: number)
    let pose = parameters.patientFromTemplate
    var lower = SIMD3(repeating: Double.infinity)
    var upper = -lower
    for point in template.surface {
      let p = pose * warp.inverse(point)
      lower = pointwiseMin(lower, p)
      upper = pointwiseMax(upper, p)
    }
    // Points are centres of cells.
    lower -= template.spacing / 2
    upper += template.spacing / 2

    // The skull keeps 2 mm from the sides.
    let margin = 2.0
    let wanted = max(upper.x - lower.x, upper.y - lower.y) + 2 * margin
    let view = max(parameters.fieldOfView, wanted)
    let half = SIMD2(repeating: view / 2 - margin)
    parameters.fieldOfView = view
    parameters.jitter = pointwiseMax(
      SIMD2(upper.x, upper.y) - half,
      pointwiseMin(SIMD2(lower.x, lower.y) + half, parameters.jitter))

    let (bottom, top) = (lower.z + parameters.lowerCut, upper.z + parameters.headroom)
    let spacing: SIMD3<Double>
    let sizes: GridSize
    if let size {
      sizes = size
      spacing = SIMD3(
        view / Double(size.x), view / Double(size.y), (top - bottom) / Double(size.z))
    } else {
      let cell = template.spacing
      sizes = GridSize(
        Int((view / cell).rounded(.up)), Int((view / cell).rounded(.up)),
        Int(((top - bottom) / cell).rounded(.up)))
      spacing = SIMD3(repeating: cell)
    }
    var geometry = Geometry(sizes: sizes, spacing: spacing)
    let (jitter, counts) = (parameters.jitter, SIMD2(Double(sizes.x), Double(sizes.y)))
    geometry.origin = SIMD3(
      jitter.x - (counts.x - 1) / 2 * spacing.x, jitter.y - (counts.y - 1) / 2 * spacing.y,
      bottom + spacing.z / 2)
    self.geometry = geometry
  }
}
