import Evaluation

extension Figure {
  /// Cases of one box.
  struct Group {
    var name: String
    var rows: [ScoreRows.Row]
  }

  /// What is drawn of each case, with the name of its axis and the range that it has.
  private static let scores:
    [(column: String, title: String, range: String, of: @Sendable (ScoreRows.Row) -> Double?)] = [
      ("dsc", "DSC", "[0:1]", { $0.dsc }), ("bdsc", "bDSC", "[0:1]", { $0.bdsc }),
      ("hd95", "HD95, mm", "[0:*]", { $0.hd95 }),
    ]

  /// DSC, border DSC and HD95 of implants by group: every case, quartiles, median.
  ///
  /// The data are the cases; quartiles by group, and of all, stand beside them.
  static func scores(_ name: String, _ caption: String, by column: String, _ groups: [Group])
    -> Figure
  {
    var table = DataTable(
      column, "place", "case", "kind", "dsc", "bdsc", "hd95", "hd", "status")
    for (place, group) in groups.enumerated() {
      for row in group.rows {
        table.add(
          group.name, place + 1, row.name, row.kind, row.dsc, row.bdsc, row.hd95, row.hd, row.status
        )
      }
    }
    let tics = groups.enumerated().map { "\(quoted($1.name)) \($0 + 1)" }.joined(separator: ", ")
    let plots = scores.map { score in
      // A box of no case is one that gnuplot refuses.
      let boxes = groups.indices.filter { groups[$0].rows.contains { score.of($0) != nil } }
      guard !boxes.isEmpty else { return emptyPanel(score.title) }
      let places = boxes.map { "\($0 + 1)" }.joined(separator: " ")
      return """
        set ylabel '\(score.title)'
        set yrange \(score.range)
        plot data skip 1 using (column('place')):(column('\(score.column)')) with points lt 7 pt 7 ps 0.35, \\
          for [i in "\(places)"] data skip 1 using (i + 0):(column('place') == i + 0 ? column('\(score.column)') : NaN) with boxplot lt 1 lw 1.5
        """
    }
    let width = max(340, 110 + 62 * groups.count)
    return Figure(
      name: name, caption: caption, size: (3 * width, 400), table: table,
      others: [("summary", summary(by: column, groups))],
      commands: """
        set multiplot layout 1,3
        unset key
        set style fill solid 0.15 border lt 1
        set style boxplot nooutliers
        set boxwidth 0.5
        set xrange [0.4:\(Double(groups.count) + 0.6)]
        set xtics (\(tics)) rotate by -35
        set jitter spread 0.6
        \(plots.joined(separator: "\n"))
        unset multiplot
        """)
  }

  /// DSC, border DSC and HD95 against γ: medians, and the quartiles around them, by class.
  ///
  /// - Parameter facial: the kind of hole that is facial; all others are cranial.
  static func scoresByGamma(
    _ tables: [(gamma: Double, rows: [ScoreRows.Row])], facial: String
  ) -> Figure {
    let classes: [(name: String, has: (ScoreRows.Row) -> Bool)] = [
      ("cranial", { $0.kind != facial }), ("facial", { $0.kind == facial }),
    ].filter { known in tables.contains { $0.rows.contains(where: known.has) } }
    var table = DataTable(
      columns: ["class", "gamma", "cases"]
        + scores.flatMap { s in ["q1", "median", "q3"].map { "\(s.column)_\($0)" } })
    for known in classes {
      for (gamma, rows) in tables.sorted(by: { $0.gamma < $1.gamma }) {
        let members = rows.filter(known.has)
        table.add(
          cells: [known.name, gamma, members.count]
            + scores.flatMap { score -> [any DataTable.Cell] in
              let summary = ScoreSummary(of: members.compactMap(score.of))
              return [summary?.lowerQuartile, summary?.median, summary?.upperQuartile]
            })
      }
    }
    let plots = scores.enumerated().map { panel, score in
      guard tables.contains(where: { $0.rows.contains { score.of($0) != nil } }) else {
        return emptyPanel(score.title)
      }
      let curves = classes.enumerated().map { number, known in
        let x = "(strcol('class') eq '\(known.name)' ? column('gamma') : NaN)"
        let (low, high) = ("(column('\(score.column)_q1'))", "(column('\(score.column)_q3'))")
        return """
          data skip 1 using \(x):\(low):\(high) with filledcurves lt \(number + 1) fill solid 0.15 noborder notitle, \\
            data skip 1 using \(x):(column('\(score.column)_median')) with linespoints lt \(number + 1) lw 2 pt 7 ps 0.5 title '\(known.name)'
          """
      }
      return """
        \(panel == 0 ? "set key bottom right" : "unset key")
        set ylabel '\(score.title)'
        set yrange \(score.range)
        plot \(curves.joined(separator: ", \\\n  "))
        """
    }
    return Figure(
      name: "scores-by-gamma",
      caption: "Implants against γ: medians, and the middle half of the cases.", size: (1080, 360),
      table: table,
      commands: """
        set multiplot layout 1,3
        set xlabel 'γ'
        \(plots.joined(separator: "\n"))
        unset multiplot
        """)
  }

  /// A panel of a score that no case has: gnuplot refuses to plot nothing.
  private static func emptyPanel(_ title: String) -> String {
    """
    set ylabel '\(title)'
    set yrange [0:1]
    set label 9 'no case has it' at graph 0.5, graph 0.5 center
    plot -1 notitle
    unset label 9
    """
  }

  private static func summary(by column: String, _ groups: [Group]) -> DataTable {
    var table = DataTable(
      column, "cases", "scored", "dsc_least", "dsc_q1", "dsc_median", "dsc_q3", "dsc_largest",
      "bdsc_mean", "hd95_mean", "hd_mean")
    func line(_ name: String, _ rows: [ScoreRows.Row]) {
      let dice = ScoreSummary(of: rows.compactMap(\.dsc))
      func mean(_ score: (ScoreRows.Row) -> Double?) -> Double? {
        ScoreSummary(of: rows.compactMap(score))?.mean
      }
      table.add(
        name, rows.count, dice?.count ?? 0, dice?.least, dice?.lowerQuartile, dice?.median,
        dice?.upperQuartile, dice?.greatest, mean { $0.bdsc }, mean { $0.hd95 }, mean { $0.hd })
    }
    for group in groups { line(group.name, group.rows) }
    line("all", groups.flatMap(\.rows))
    return table
  }
}
