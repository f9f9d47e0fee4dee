extension Figure {
  /// What a β in between would do: Dice loss and divergence at the end of trainings with several β, and of the two-stage
  /// training, which has the divergence of the largest and nearly the loss of the smallest.
  static func pareto(_ trainings: [TrainingResult], decoupled: TrainingResult) -> Figure? {
    var table = DataTable("label", "beta", "kld", "dice_loss", "two_stage")
    let ends = trainings.compactMap { $0.epochs.last { $0.stage == 1 } }
      .sorted { ($0.beta ?? 0) < ($1.beta ?? 0) }
    for end in ends {
      table.add(
        "β = \(end.beta.map(text) ?? "?")", end.beta, end.kld, end.diceLoss, 0)
    }
    guard let loss = decoupled.epochs.last(where: { $0.stage == 2 })?.diceLoss,
      let first = decoupled.epochs.last(where: { $0.stage == 1 }), ends.count > 1
    else { return nil }
    table.add("two stages β = \(first.beta.map(text) ?? "?")", first.beta, first.kld, loss, 1)
    // Points lie close together at both ends, so the key names them.
    let points = table.rows.enumerated().map { number, row in
      let style = row[4] == "1" ? "lc rgb 'black' pt 9 ps 2" : "lt \(number + 1) pt 7 ps 1.3"
      return "data skip 1 every ::\(number)::\(number) using (column('kld')):(column('dice_loss'))"
        + " with points \(style) title \(quoted(row[0]))"
    }
    return Figure(
      name: "pareto",
      caption: "Dice loss of a minibatch and divergence at the end of a training, by β.",
      size: (720, 420),
      table: table,
      commands: """
        set xlabel 'KLD of a minibatch, nats'
        set ylabel 'Dice loss'
        set logscale x
        set format x '10^{%L}'
        set termoption enhanced
        set yrange [0:*]
        set offsets graph 0.06, graph 0.06, graph 0.1, 0
        set key outside right center noenhanced samplen 1 spacing 1.3
        plot data skip 1 using (column('two_stage') == 0 ? column('kld') : NaN):(column('dice_loss')) with lines lt 7 lw 1 notitle, \\
          \(points.joined(separator: ", \\\n  "))
        """)
  }

  /// The divergence of each dimension, the largest first.
  static func divergence(_ trainings: [(name: String, byDimension: [Double])]) -> Figure {
    var table = DataTable("panel", "training", "rank", "dimension", "kld")
    for (number, training) in trainings.enumerated() {
      let sorted = training.byDimension.enumerated().sorted { $0.element > $1.element }
      for (rank, one) in sorted.enumerated() {
        table.add(number + 1, training.name, rank + 1, one.offset, one.element)
      }
    }
    let plots = trainings.enumerated().map { number, training in
      """
      set title \(quoted(training.name))
      plot data skip 1 using (column('panel') == \(number + 1) ? column('rank') : NaN):(column('kld')) with boxes lt 1 fill solid 0.7
      """
    }
    return Figure(
      name: "kld-by-dimension", caption: "Divergence of each latent dimension, sorted.",
      size: (420 * trainings.count, 340), table: table,
      commands: """
        set multiplot layout 1,\(trainings.count)
        set xlabel 'dimension, sorted'
        set ylabel 'KLD, nats'
        set boxwidth 0.8
        set xrange [0:\((trainings.map(\.byDimension.count).max() ?? 1) + 1)]
        set yrange [0:*]
        unset key
        \(plots.joined(separator: "\n"))
        unset multiplot
        """)
  }
}
