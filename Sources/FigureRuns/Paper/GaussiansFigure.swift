import Foundation

extension Figure {
  /// Fig. 2: normal distributions of growing standard deviation. The wider the posterior that a large β asks for, the further
  /// apart lie the latents that the decoder gets of one shape.
  static func gaussians() -> Figure {
    let sigmas = [0.5, 1, 2, 4]
    var table = DataTable(columns: ["x"] + sigmas.map { "sigma_\(text($0))" })
    for step in -80...80 {
      let x = Double(step) / 8
      let densities = sigmas.map { (sigma: Double) -> Double in
        let scaled = x / sigma
        return exp(-0.5 * scaled * scaled) / (sigma * (2 * Double.pi).squareRoot())
      }
      table.add(cells: [x] + densities)
    }
    let curves = sigmas.enumerated().map { number, sigma in
      "data skip 1 using 1:\(number + 2) with lines linewidth 2 title 'σ = \(text(sigma))'"
    }
    return Figure(
      name: "fig-2-gaussians",
      caption: "Normal distributions of growing standard deviation σ.", size: (560, 360),
      table: table,
      commands: """
        set xlabel 'z'
        set ylabel 'density'
        plot \(curves.joined(separator: ", \\\n  "))
        """)
  }

  /// A number as short as it is.
  static func text(_ number: Double) -> String {
    Int(exactly: number).map(String.init) ?? "\(number)"
  }
}
