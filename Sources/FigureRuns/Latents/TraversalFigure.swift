import Completion
import Latents
import Pictures
import Volumes
import VoxelOps

extension Figure {
  /// A skull decoded while one dimension of its latent is moved, for the dimensions that vary most between skulls.
  ///
  /// - Parameter latents: of the population, whose standard deviations are the steps.
  static func traversals(_ skull: Mask, by model: Decoding, among latents: LatentTable) throws
    -> Figure
  {
    let steps = [-3, -1.5, 0, 1.5, 3]
    let deviations = (0..<latents.latentSize).map { dimension in
      standardDeviation(latents.rows.map { Double($0.mean[dimension]) })
    }
    let chosen = deviations.indices.sorted { deviations[$0] > deviations[$1] }.prefix(4)
    let latent = try model.latent(of: skull)
    var table = DataTable("dimension", "sd", "step_sd", "z", "skull_mm3", "dsc_to_middle")
    var sheet = PanelSheet(
      columns: steps.map { $0 == 0 ? "0" : "\($0 > 0 ? "+" : "−")\(text(abs($0))) sd" }, rows: [])
    let middle = try latent.decoded(threads: model.threads)
    for dimension in chosen {
      let pictures = try steps.map { step in
        var moved = latent
        moved.vector[dimension] += Float(step * deviations[dimension])
        let shape = try moved.decoded(threads: model.threads)
        table.add(
          dimension, deviations[dimension], step, Double(moved.vector[dimension]),
          volume(shape, model.threads), try shape.dice(with: middle, threads: model.threads))
        return SkullPicture.surfaces(
          bone: shape, implant: Mask(emptyOn: shape.geometry),
          towards: middle.measurement(threads: model.threads).centroid.map {
            $0 + SIMD3(40, -60, 20)
          },
          side: 300, threads: model.threads)
      }
      sheet.rows.append(("dimension \(dimension)", pictures))
    }
    return sheet.figure(
      "traversals", "A skull decoded while single dimensions of its latent are moved.", table: table
    )
  }

  private static func standardDeviation(_ values: [Double]) -> Double {
    guard values.count > 1 else { return 0 }
    let mean = values.reduce(0, +) / Double(values.count)
    return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1))
      .squareRoot()
  }
}
