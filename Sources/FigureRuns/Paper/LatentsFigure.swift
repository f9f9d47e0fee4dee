import Completion
import Latents

extension Figure {
  /// The latents of one training.
  struct LatentPanel {
    var title: String
    var table: LatentTable
  }

  private static let classStyles = [
    "cranial": "lt 3 pt 7", "facial": "lt 1 pt 9", "complete": "lt 4 pt 11",
  ]

  /// Fig. 5: the latents of all skulls in the plane in which they differ most, of a small and of a large β: the classes'
  /// centroids, arrows from the origin to them, and DEV from those of defective skulls to that of complete ones.
  static func latents(_ panels: [LatentPanel]) throws -> Figure {
    var table = DataTable("panel", "item", "class", "case", "pc1", "pc2", "to_pc1", "to_pc2")
    var commands =
      "set multiplot layout 1,\(panels.count)\nset key below maxrows 3 width -2 samplen 1\n"
    for (number, panel) in panels.enumerated() {
      let plane = try LatentPlane(panel.table, count: 2)
      let names = panel.table.classNames.sorted()
      var centroids: [String: [Double]] = [:]
      for row in panel.table.rows {
        let place = plane.components.project(row.mean)
        table.add(
          number + 1, "latent", row.className, row.name, place[0], place[1], Double.nan, Double.nan)
      }
      for name in names {
        let members = panel.table.rows.filter { $0.className == name }
        let places = members.map { plane.components.project($0.mean) }
        centroids[name] = (0..<2).map { axis in
          places.reduce(0) { $0 + $1[axis] } / Double(places.count)
        }
      }
      let origin = plane.components.project(Array(repeating: 0, count: panel.table.latentSize))
      for name in names {
        let place = centroids[name]!
        table.add(number + 1, "centroid", name, "", place[0], place[1], Double.nan, Double.nan)
        table.add(number + 1, "origin", name, "", origin[0], origin[1], place[0], place[1])
        if name != "complete", let complete = centroids["complete"] {
          table.add(number + 1, "dev", name, "", place[0], place[1], complete[0], complete[1])
        }
      }
      func rows(_ item: String, _ name: String?, _ column: String = "pc1") -> String {
        let of = name.map { " && strcol('class') eq \(quoted($0))" } ?? ""
        return
          "(column('panel') == \(number + 1) && strcol('item') eq '\(item)'\(of) ? column('\(column)') : NaN)"
      }
      let shares = plane.components.explained.map { "\(($0 * 1000).rounded() / 10) %" }
      let points = names.map { name in
        "data skip 1 using \(rows("latent", name)):(column('pc2')) with points \(classStyles[name] ?? "lt 7 pt 6") ps 0.6 title \(quoted(name))"
      }
      let discs = names.map { name in
        "data skip 1 using \(rows("centroid", name)):(column('pc2')) with points \(classStyles[name] ?? "lt 7 pt 6") ps 2.2 title \(quoted("mean of \(name)"))"
      }
      let arrows = [("origin", "lc rgb '#888888' lw 1"), ("dev", "lc rgb 'black' lw 2")].map {
        item, style in
        "data skip 1 using \(rows(item, nil)):(column('pc2')):(column('to_pc1') - column('pc1')):(column('to_pc2') - column('pc2')) with vectors head size screen 0.008,20 filled \(style) notitle"
      }
      commands += """
        set title \(quoted(panel.title))
        set xlabel 'first component, \(shares[0]) of the variance'
        set ylabel 'second component, \(shares[1])'
        plot \((points + arrows + discs).joined(separator: ", \\\n  "))

        """
    }
    return Figure(
      name: "fig-5-latents",
      caption:
        "Latents of the classes with their means; black: DEV, grey: from the origin to the means.",
      size: (540 * panels.count, 460), table: table, commands: commands + "unset multiplot")
  }
}
