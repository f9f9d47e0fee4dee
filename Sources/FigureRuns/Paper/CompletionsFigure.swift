import Pictures
import Volumes

extension Figure {
  /// Fig. 7 and 8: what is completed at γ = 1, by the small β and by the large one with its decoupled decoder: the skull with its
  /// hole, completed with the implant in yellow, a sagittal and an axial slice.
  static func completions(
    _ name: String, of cases: [LabelledCase], by models: [(name: String, Decoding)]
  ) throws -> Figure {
    var table = DataTable(
      "row", "model", "class", "case", "gamma", "skull_mm3", "added_mm3", "missing_mm3", "dsc")
    var sheet = PanelSheet(columns: ["input", "completed", "sagittal", "axial"], rows: [])
    for (label, className, shown) in cases {
      for (title, model) in models {
        let threads = model.threads
        let latent = try model.latent(of: shown.defective)
        let made = try model.complete(shown, latent, of: className, gamma: 1)
        table.add(
          label, title, className, shown.name, 1, volume(made.skull, threads),
          volume(made.added, threads),
          volume(shown.missing, threads), made.dice)
        func surfaces(_ bone: Mask, _ implant: Mask) -> RGBImage {
          SkullPicture.surfaces(
            bone: bone, implant: implant, towards: shown.hole, side: 420, threads: threads)
        }
        func slice(_ plane: SkullPicture.Plane) -> RGBImage {
          SkullPicture.slice(
            bone: shown.defective, implant: made.added, plane, through: shown.hole,
            showing: shown.complete, side: 420, threads: threads)
        }
        sheet.rows.append(
          (
            "\(title)\n\(label)".replacing(", ", with: "\n"),
            [
              surfaces(shown.defective, Mask(emptyOn: shown.defective.geometry)),
              surfaces(shown.defective, made.added), slice(.sagittal), slice(.axial),
            ]
          ))
      }
    }
    return sheet.figure(
      name, "What is added at γ = 1 (yellow) to a skull with a hole.", table: table)
  }
}
