import Pictures
import Volumes
import VoxelOps

extension Figure {
  /// Fig. 1: the three classes of the data: a complete skull, one with a facial and one with a cranial hole.
  static func classes(cranial: ShownCase, facial: ShownCase, threads: Int) -> Figure {
    var table = DataTable("class", "case", "bone_mm3", "missing_mm3")
    func picture(_ skull: Mask, _ name: String, _ shown: ShownCase, seenFrom: SIMD3<Double>?)
      -> RGBImage
    {
      let (bone, whole) = (volume(skull, threads), volume(shown.complete, threads))
      table.add(name, shown.name, bone, whole - bone)
      return SkullPicture.surfaces(
        bone: skull, implant: Mask(emptyOn: skull.geometry), towards: seenFrom, side: 520,
        threads: threads)
    }
    let pictures = [
      picture(facial.complete, "complete", facial, seenFrom: nil),
      picture(facial.defective, "facial", facial, seenFrom: facial.hole),
      picture(cranial.defective, "cranial", cranial, seenFrom: cranial.hole),
    ]
    return PanelSheet(
      columns: ["complete", "facial hole", "cranial hole"], rows: [("", pictures)]
    ).figure("fig-1-classes", "The three classes of skulls.", table: table)
  }

  /// mm³ of a mask.
  static func volume(_ mask: Mask, _ threads: Int) -> Double {
    mask.measurement(threads: threads).volume
  }
}
