import Pictures

extension Figure {
  /// The steps of the paper.
  static let gammas = [0, 0.3, 0.5, 1, 5]

  /// A case, the class of its hole, and what it is called in a figure.
  typealias LabelledCase = (label: String, className: String, shown: ShownCase)

  /// Fig. 6: a skull with a cranial and one with a facial hole, decoded from z + γ · DEV: sagittal slices through the hole,
  /// with what is new in yellow.
  static func sweep(_ cases: [LabelledCase], by model: Decoding) throws
    -> Figure
  {
    var table = DataTable(
      "row", "class", "case", "gamma", "skull_mm3", "added_mm3", "missing_mm3", "dsc")
    var sheet = PanelSheet(columns: gammas.map { "γ = \(text($0))" }, rows: [])
    for (label, name, shown) in cases {
      let latent = try model.latent(of: shown.defective)
      let pictures = try gammas.map { gamma in
        let made = try model.complete(shown, latent, of: name, gamma: gamma)
        table.add(
          label, name, shown.name, gamma, volume(made.skull, model.threads),
          volume(made.added, model.threads), volume(shown.missing, model.threads), made.dice)
        return SkullPicture.slice(
          bone: made.skull, implant: made.added, .sagittal, through: shown.hole,
          showing: shown.complete, side: 380, threads: model.threads)
      }
      sheet.rows.append((label.replacing(" ", with: "\n"), pictures))
    }
    return sheet.figure(
      "fig-6-gamma-sweep", "Completions from z + γ · DEV; what is new in yellow.", table: table)
  }
}
