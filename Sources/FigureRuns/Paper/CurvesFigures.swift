extension Figure {
  private static let columns = [
    "series", "training", "stage", "epoch", "position", "dice_loss", "kld", "log_kld",
  ]

  /// Fig. 3: Dice loss and divergence by epoch, of the large β with its decoupled decoder after it, and of the small β.
  ///
  /// - Parameter decoupled: another training with the same first stage, whose decoder learned on standardized latents; nil: none.
  static func curves(
    small: TrainingResult, large: TrainingResult, decoupled: TrainingResult?
  ) -> Figure {
    var table = DataTable(columns: columns)
    let border = large.epochs.count { $0.stage == 1 }
    func name(_ result: TrainingResult) -> String { result.beta.map { "β = \(text($0))" } ?? "β" }
    var series: [(name: String, style: String)] = []
    func add(_ words: String, _ epochs: [TrainingResult.Epoch], from start: Int, _ style: String) {
      guard !epochs.isEmpty else { return }
      series.append((words, style))
      for epoch in epochs {
        table.add(
          series.count, words, epoch.stage, epoch.epoch, start + epoch.epoch, epoch.diceLoss,
          epoch.kld,
          epoch.kld.map(naturalLogarithm))
      }
    }
    add("\(name(large)), VAE", large.epochs.filter { $0.stage == 1 }, from: 0, "lt 1 lw 2")
    add(
      "\(name(small)), VAE", small.epochs.filter { $0.stage == 1 }, from: 0, "lt 2 lw 2.5 dt (6,4)")
    let asPaper = large.epochs.filter { $0.stage == 2 }
    // The frozen encoder's divergence stays what it was.
    let kept = large.epochs.last { $0.stage == 1 }?.kld
    add(
      "\(name(large)), decoder as in the paper", asPaper.with(kld: kept), from: border, "lt 7 lw 2")
    if let decoupled {
      let ended = decoupled.epochs.last { $0.stage == 1 }?.kld
      let start = decoupled.epochs.count { $0.stage == 1 }
      add(
        "\(name(decoupled)), decoder on standardized latents",
        decoupled.epochs.filter { $0.stage == 2 }.with(kld: ended), from: start, "lt 3 lw 2")
    }
    func plots(_ column: String) -> String {
      series.enumerated().map { number, one in
        "data skip 1 using (column('series') == \(number + 1) ? column('position') : NaN)"
          + ":(column('\(column)')) with lines \(one.style) title \(quoted(one.name))"
      }.joined(separator: ", \\\n  ")
    }
    return Figure(
      name: "fig-3-curves",
      caption:
        "Dice loss of a minibatch and divergence of the two β and of the decoupled decoders.",
      size: (1040, 400), table: table,
      commands: """
        set multiplot layout 1,2
        set xlabel 'epoch'
        set arrow 1 from \(border), graph 0 to \(border), graph 1 nohead dashtype (2,4) linecolor rgb '#3333aa'
        set ylabel 'Dice loss'
        set yrange [0:*]
        unset key
        plot \(plots("dice_loss"))
        set ylabel 'log KLD'
        set yrange [*:*]
        set key center right samplen 2
        plot \(plots("log_kld"))
        unset multiplot
        """)
  }

  /// Fig. 4: a training with the large β for very long: its Dice loss never comes down.
  static func longRun(_ long: TrainingResult) -> Figure {
    var table = DataTable("epoch", "dice_loss", "kld", "log_kld")
    for epoch in long.epochs where epoch.stage == 1 {
      table.add(
        epoch.epoch, epoch.diceLoss, epoch.kld, epoch.kld.map(naturalLogarithm))
    }
    return Figure(
      name: "fig-4-long-run",
      caption: "A training with β = \(long.beta.map(text) ?? "?") for \(table.rows.count) epochs.",
      size: (640, 400), table: table,
      commands: """
        set xlabel 'epoch'
        set ylabel 'Dice loss'
        set y2label 'log KLD'
        set yrange [0:*]
        set ytics nomirror
        set y2tics
        set key top right
        plot data skip 1 using (column('epoch')):(column('dice_loss')) with lines lt 1 lw 2 title 'Dice loss', \\
          data skip 1 using (column('epoch')):(column('log_kld')) axes x1y2 with lines lt 3 lw 2 title 'log KLD'
        """)
  }

  /// Dice of whole skulls by epoch, in training and validation.
  static func training(_ result: TrainingResult) -> Figure {
    var table = DataTable("position", "stage", "epoch", "training_dice", "validation_dice")
    for (position, epoch) in result.epochs.enumerated() {
      table.add(
        position, epoch.stage, epoch.epoch, epoch.trainingDice, epoch.validationDice)
    }
    let border = result.epochs.firstIndex { $0.stage == 2 }
    let line = border.map {
      "set arrow 1 from \(Double($0) - 0.5), graph 0 to \(Double($0) - 0.5), graph 1 nohead dashtype (2,4)\n"
    }
    return Figure(
      name: "training", caption: "Dice of whole skulls by epoch.", size: (640, 400), table: table,
      commands: """
        set xlabel 'epoch'
        set ylabel 'Dice'
        set yrange [0:1]
        set key bottom right
        \(line ?? "")plot data skip 1 using (column('position')):(column('training_dice')) with linespoints lt 7 pt 7 ps 0.4 lw 2 title 'training', \\
          data skip 1 using (column('position')):(column('validation_dice')) with linespoints lt 3 pt 7 ps 0.4 lw 2 title 'validation'
        """)
  }
}

extension [TrainingResult.Epoch] {
  fileprivate func with(kld: Double?) -> Self {
    map { epoch in
      var epoch = epoch
      epoch.kld = kld
      return epoch
    }
  }
}
