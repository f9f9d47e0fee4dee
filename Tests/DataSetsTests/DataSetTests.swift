import TestSupport
import DataSets
import Errors
import Files
import Testing

/// Folders that users have, as trees of empty files: what is recognised, and what belongs together.
@Suite struct DataSetTests {
  private static let kinds = [
    "bilateral", "frontoorbital", "parietotemporal", "random_1", "random_2",
  ]

  private static func skullBreak(_ count: Int, complete: Bool = true, implant: Bool = true)
    -> [String]
  {
    kinds.flatMap { FileTree.numbered(count, in: "defective_skull/\($0)") }
      + (implant ? kinds.flatMap { FileTree.numbered(count, in: "implant/\($0)") } : [])
      + (complete ? FileTree.numbered(count, in: "complete_skull") : [])
  }

  private static func skullFix(_ count: Int, in folder: String = "training_set") -> [String] {
    ["complete_skull", "defective_skull", "implant"].flatMap {
      FileTree.numbered(count, in: "\(folder)/\($0)")
    }
  }

  private func paths(_ set: DataSet) -> [String] { set.members.map(\.relativePath) }

  @Test func skullBreakOfTwoHundred() throws {
    let tree = try FileTree(Self.skullBreak(40))
    let set = try tree.dataSet()
    #expect(set.layout == .skullbreak && set.members.count == 200 && set.warnings.isEmpty)
    #expect(set.recognition == "SkullBreak: 200 cases in 5 kinds, all with a true implant")
    #expect(
      set.members[41]
        == DataSet.Member(
          name: "frontoorbital/001", relativePath: "frontoorbital/001.nrrd", kind: "frontoorbital",
          path: "\(tree.path)/defective_skull/frontoorbital/001.nrrd",
          truth: .implant("\(tree.path)/implant/frontoorbital/001.nrrd")))
  }

  @Test func skullBreakFromItsFolders() throws {
    let tree = try FileTree(Self.skullBreak(4))
    let whole = try tree.dataSet()
    let skulls = try tree.dataSet("defective_skull/")
    #expect(skulls.members == whole.members && skulls.root == tree.path)
    let kind = try tree.dataSet("defective_skull/random_1", layout: .skullbreak)
    #expect(kind.members == whole.members.filter { $0.kind == "random_1" })
    #expect(kind.recognition == "SkullBreak: 4 cases in 1 kind, all with a true implant")
  }

  @Test func truthsOfSkullBreakWithoutImplants() throws {
    let tree = try FileTree(Self.skullBreak(2, implant: false))
    let set = try tree.dataSet()
    #expect(set.recognition == "SkullBreak: 10 cases in 5 kinds, all with a complete skull")
    #expect(set.members[9].truth == .complete("\(tree.path)/complete_skull/001.nrrd"))
    // A variant repeats the kinds; endings may differ.
    let variant = try FileTree(
      ["defective_skull/a/0.nrrd", "complete_skull/a/0.nii.gz", "complete_skull/b/0.nii.gz"])
    #expect(
      try variant.dataSet().members.map(\.truth) == [
        .complete("\(variant.path)/complete_skull/a/0.nii.gz")
      ])
    let test = try FileTree(Self.skullBreak(2, complete: false, implant: false))
    #expect(
      try test.dataSet().recognition == "SkullBreak: 10 cases in 5 kinds, none with a truth")
  }

  @Test func theProgramsOwnPopulation() throws {
    let tree = try FileTree(
      ["prism", "facial"].flatMap {
        FileTree.numbered(100, in: "defective_skull/\($0)")
          + FileTree.numbered(100, in: "implant/\($0)")
      } + FileTree.numbered(100, in: "complete_skull") + ["population.json"])
    let set = try tree.dataSet()
    #expect(set.layout == .skullbreak && set.members.count == 200 && set.warnings.isEmpty)
  }

  @Test func partsWithEqualNamesKeepTheirFolders() throws {
    let tree = try FileTree(
      Self.skullFix(100) + FileTree.numbered(100, in: "test_set_for_participants")
        + (100..<110).map { "additional_test_set_for_participants/\($0).nrrd" })
    let set = try tree.dataSet()
    #expect(set.layout == .skullfix && set.members.count == 210)
    #expect(
      set.recognition == "SkullFix: 210 cases of 3 parts, 100 with a true implant, 110 without")
    #expect(set.members[0].name == "additional_test_set_for_participants/100")
    #expect(set.members[10].relativePath == "test_set_for_participants/000.nrrd")
    #expect(set.members[110].relativePath == "training_set/000.nrrd")
    #expect(
      set.members[110].truth == .implant("\(tree.path)/training_set/implant/000.nrrd"))
    #expect(set.members.allSatisfy { $0.kind.isEmpty })
    #expect(set.warnings.count == 1 && set.warnings[0].contains("110 cases have no truth"))
  }

  @Test func partsWithNamesOfTheirOwnNeedNone() throws {
    let tree = try FileTree(
      Self.skullFix(100) + (100..<200).map { "test_set_give_participants/\($0).nrrd" })
    let set = try tree.dataSet()
    #expect(paths(set) == (0..<200).map { "\(FileTree.digits($0)).nrrd" })
    for further in ["training_set", "training_set/defective_skull"] {
      let part = try tree.dataSet("\(further)")
      #expect(part.layout == .skullfix && part.members == Array(set.members[..<100]))
      #expect(part.recognition == "SkullFix: 100 cases, all with a true implant")
    }
    let test = try tree.dataSet("test_set_give_participants")
    #expect(test.layout == .skullfix && test.members == Array(set.members[100...]))
  }

  @Test func clinicalScansOfTaskTwo() throws {
    let tree = try FileTree((1...200).map { "sub\($0).nrrd" } + ["readme.txt"])
    let set = try tree.dataSet()
    #expect(set.layout == .task2 && set.members.count == 200 && set.members[0].name == "sub1")
    #expect(set.recognition == "AutoImplant 2021 Task 2: 200 cases, none with a truth")
    let mixed = try FileTree(["sub1.nrrd", "other.nrrd"])
    #expect(try mixed.dataSet().layout == .plain)
    let forced = try mixed.dataSet(layout: .task2)
    #expect(paths(forced) == ["sub1.nrrd"] && forced.warnings[0].contains("other.nrrd"))
  }

  @Test func pairsOfTheVAESet() throws {
    let tree = try FileTree(
      FileTree.numbered(201, in: "train/input", ending: "nii.gz")
        + FileTree.numbered(201, in: "train/gt", ending: "nii.gz"))
    let set = try tree.dataSet()
    #expect(set.layout == .skullvae && set.members.count == 201 && set.warnings.isEmpty)
    #expect(set.recognition == "skullVAE set: 201 cases in 3 kinds, all with a complete skull")
    #expect(
      [0, 66, 67, 133, 134, 200].map { set.members[$0].kind } == [
        "cranial", "cranial", "facial", "facial", "complete", "complete",
      ])
    #expect(set.members[3].truth == .complete("\(tree.path)/train/gt/003.nii.gz"))
    for further in ["train", "train/input"] {
      #expect(try tree.dataSet("\(further)").members == set.members)
    }
    let odd = try FileTree(["train/input/1.nii", "train/gt/1.nii"]).dataSet(layout: .skullvae)
    #expect(odd.warnings.contains { $0.contains("cannot be divided by 3") })
  }

  @Test func skullsOfMUG500() throws {
    let complete = (1...200).map { number in "A\(number)/A\(number).nrrd" }
    let stl = (1...200).map { number in "A\(number)/A\(number).stl" }
    let operated = (1...29).map { "craniotomy_skull/B\($0)/B\($0).nrrd" }
    let tree = try FileTree(complete + stl + operated)
    let set = try tree.dataSet()
    #expect(set.layout == .mug500 && set.members.count == 29)
    #expect(set.members[0].relativePath == "B1/B1.nrrd" && set.members[0].kind.isEmpty)
    #expect(set.warnings.count == 1 && set.warnings[0].contains("200 complete skulls"))
    #expect(try tree.dataSet("craniotomy_skull").members == set.members)
    let only = try FileTree(complete)
    let skulls = try only.dataSet()
    #expect(skulls.layout == .mug500 && skulls.members.count == 200 && skulls.warnings.isEmpty)
  }

  @Test func otherTreesArePlain() throws {
    let tree = try FileTree(
      FileTree.numbered(100, in: "ward/left")
        + FileTree.numbered(100, in: "ward/right", ending: "NII.GZ"))
    let set = try tree.dataSet()
    #expect(set.layout == .plain && set.members[100].name == "ward/right/000")
    #expect(set.recognition == "plain folder: 200 cases in 2 kinds, none with a truth")
    #expect(set.members[0].kind == "ward/left")
    // A folder a scan: the folders are no kinds.
    let patients = try FileTree((0..<200).map { "p\($0)/scan.nhdr" } + ["p1/scan.raw"])
    #expect(try patients.dataSet().members.allSatisfy { $0.kind.isEmpty })
  }

  @Test func whatStandsBesideDefectiveSkullsIsNoCase() throws {
    let tree = try FileTree(
      Self.skullBreak(1) + ["mesh/bilateral/000.nrrd", "elsewhere/implant/9.nrrd"])
    let set = try tree.dataSet(layout: .plain)
    #expect(paths(set).first == "defective_skull/bilateral/000.nrrd")
    #expect(paths(set).last == "elsewhere/implant/9.nrrd" && set.members.count == 6)
    #expect(set.warnings.contains { $0.contains("7 volumes beside the defective skulls") })
    let recognised = try tree.dataSet()
    #expect(recognised.members.count == 5)
    #expect(recognised.warnings.contains { $0.contains("elsewhere/implant/9.nrrd") })
  }

  @Test(arguments: [
    (DataSetLayout.skullbreak, ["defective_skull/0.nrrd"], "skullfix"),
    (.skullfix, ["defective_skull/cube/0.nrrd"], "skullbreak"),
    (.skullvae, ["a/0.nrrd"], "plain"), (.mug500, ["sub1.nrrd"], "task2"),
    (.task2, ["train/input/0.nii", "train/gt/0.nii"], "skullvae"),
    (.skullbreak, ["A1/A1.nrrd"], "mug500"),
  ])
  func aLayoutThatDoesNotFit(layout: DataSetLayout, files: [String], fitting: String) throws {
    let tree = try FileTree(files)
    let error = #expect(throws: Diagnostic.self) { try tree.dataSet(layout: layout) }
    let text = error?.description ?? ""
    #expect(text.contains("layout: expected that of \(layout.rawValue) ("))
    #expect(text.contains("such as ") && text.contains("use --layout \(fitting), or leave it out"))
  }

  @Test(arguments: DataSetLayout.allCases) func aLayoutThatIsForced(layout: DataSetLayout) throws {
    let files: [DataSetLayout: [String]] = [
      .skullfix: ["0.nrrd", "1.nrrd"],
      .skullbreak: ["defective_skull/a/0.nrrd", "defective_skull/1.nrrd"],
      .task2: ["x/sub1.nrrd", "x/sub2.nrrd"],
      .skullvae: ["train/input/0.nii", "train/input/1.nii"],
      .mug500: ["B0001/B0001.nrrd", "B0002/B0002.nrrd"],
      .plain: ["defective_skull/a/0.nrrd", "defective_skull/a/1.nrrd"],
    ]
    let tree = try FileTree(files[layout] ?? [])
    let set = try tree.dataSet(layout: layout)
    #expect(set.layout == layout && set.members.count == 2)
  }

  @Test func aFolderOfSeveralSetsLosesNone() throws {
    let tree = try FileTree(
      Self.skullFix(3, in: "fix/training_set")
        + Self.skullBreak(3).map { "break/train/\($0)" }
        + Self.skullBreak(3).map { "break/test/\($0)" })
    let set = try tree.dataSet()
    #expect(set.members.count == 33 && Set(paths(set)).count == 33)
    #expect(paths(set).contains("break/test/bilateral/000.nrrd"))
    #expect(paths(set).contains("fix/training_set/000.nrrd"))
    #expect(set.members.allSatisfy { $0.truth != nil })
  }

  @Test func truthsAndCasesThatMissEachOther() throws {
    let tree = try FileTree([
      "defective_skull/a/1.nrrd", "defective_skull/a/2.nrrd", "implant/a/1.nrrd",
      "implant/a/3.nrrd",
      "implant/b/1.nrrd",
    ])
    let set = try tree.dataSet()
    #expect(set.warnings.count == 2)
    #expect(set.warnings[0] == "2 truths belong to no case, such as implant/a/3.nrrd")
    #expect(set.warnings[1] == "1 case has no truth and is not scored, such as a/2.nrrd")
  }
}
