/// The layouts of data sets that are recognised.
public enum DataSetLayout: String, CaseIterable, Sendable {
  /// AutoImplant 2020, 2021 Task 3: `training_set/{complete_skull,defective_skull,implant}/NNN.nrrd` and
  /// flat test folders.
  case skullfix
  /// SkullBreak, 2021 Task 1, and what `calvaria synth` writes: `defective_skull/<kind>/NNN.nrrd`.
  case skullbreak
  /// 2021 Task 2: clinical scans `subNN.nrrd` in one folder.
  case task2
  /// The set of skullVAE: `train/{input,gt}`.
  case skullvae
  /// MUG500+: `A0001/A0001.nrrd` and `craniotomy_skull/B0001/B0001.nrrd`.
  case mug500
  /// Any other tree of volumes.
  case plain

  /// The name that users know.
  package var title: String {
    switch self {
    case .skullfix: "SkullFix"
    case .skullbreak: "SkullBreak"
    case .task2: "AutoImplant 2021 Task 2"
    case .skullvae: "skullVAE set"
    case .mug500: "MUG500+"
    case .plain: "plain folder"
    }
  }

  /// What a folder must hold to have this layout.
  package var expectation: String {
    switch self {
    case .skullfix:
      "defective_skull/NNN.nrrd, or a folder of scans such as test_set_for_participants"
    case .skullbreak: "defective_skull/<kind>/NNN.nrrd"
    case .task2: "one folder of subNN.nrrd"
    case .skullvae: "train/input and train/gt"
    case .mug500: "craniotomy_skull/B0001/B0001.nrrd, or A0001/A0001.nrrd"
    case .plain: VolumeNames.description
    }
  }

  /// The layouts in the order in which they are tried, the most specific first.
  static let byDistinction: [DataSetLayout] = [
    .skullbreak, .skullfix, .skullvae, .mug500, .task2, .plain,
  ]
}
