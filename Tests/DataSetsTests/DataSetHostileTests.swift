import TestSupport
import DataSets
import Errors
import Files
import Foundation
import Testing

/// Trees that nobody meant: odd names, loops, files that are none, very many files.
@Suite struct DataSetHostileTests {
  private func message(_ path: String, layout: DataSetLayout? = nil) -> String {
    do throws(Diagnostic) {
      _ = try DataSet(path, layout: layout)
      return ""
    } catch { return error.description }
  }

  @Test func whatIsNoDataSetIsSaid() throws {
    let tree = try FileTree(["a/note.txt", "a/scan.img", "a/scan.raw", "a/.hidden.nrrd", "a/.nrrd"])
    #expect(message("\(tree.path)/nowhere").contains("found nothing; correct the path"))
    #expect(message("\(tree.path)/defective_skull").contains("found nothing; correct the path"))
    #expect(message("\(tree.path)/a/note.txt").contains("found a file"))
    #expect(message(tree.path).contains("expected volumes (.nrrd,"))
    #expect(message(tree.path).contains("found none in 2 folders"))
    let without = try FileTree(
      ["implant/0.nrrd", "complete_skull/0.nrrd"], folders: ["defective_skull"])
    defer { withExtendedLifetime((tree, without)) {} }
    #expect(message(without.path).contains("2 volumes beside an empty folder defective_skull"))
  }

  @Test func whatIsNamedLikeAVolumeIsACase() throws {
    let tree = try FileTree(["good.nrrd"], folders: ["folder.nrrd", "folder.nrrd/sub"])
    try tree.link("dangling.nii", to: "nowhere")
    try tree.link("circle.nrrd", to: "circle.nrrd")
    #expect(mkfifo("\(tree.path)/pipe.nhdr", 0o644) == 0)
    #expect(
      try tree.dataSet().members.map(\.name) == [
        "circle", "dangling", "folder", "good", "pipe",
      ])
  }

  @Test(.timeLimit(.minutes(1))) func linksEnd() throws {
    let other = try FileTree(["far/1.nrrd"])
    let tree = try FileTree(["a/0.nrrd", "b/c/0.nrrd"])
    try tree.link("a/loop", to: "..")
    try tree.link("b/c/up", to: "../..")
    try tree.link("again", to: "a")
    try tree.link("everything", to: "/")
    try tree.link("linked", to: other.path)
    try tree.link("self", to: "self")
    let set = try tree.dataSet()
    #expect(
      set.members.map(\.relativePath) == ["a/0.nrrd", "b/c/0.nrrd", "linked/far/1.nrrd"])
    #expect(set.warnings.count == 1 && set.warnings[0].hasPrefix("4 links to folders"))
    // The set itself, and its roles, may be links.
    try other.link("defective_skull", to: "\(tree.path)/a")
    try other.make("implant")
    try other.link("implant/0.nrrd", to: "\(tree.path)/a/0.nrrd")
    let linked = try other.dataSet("defective_skull")
    // By way of `a/loop` the rest of the tree is below it, once.
    #expect(linked.members.map(\.relativePath) == ["0.nrrd", "loop/b/c/0.nrrd"])
    #expect(linked.members[0].truth == .implant("\(other.path)/implant/0.nrrd"))
  }

  @Test func outputsWithinTheSetAreNotEntered() throws {
    let tree = try FileTree(["in/0.nrrd", "in/out/implant/0.nrrd"])
    try tree.link("alias", to: "in/out")
    for out in ["\(tree.path)/in/out", "\(tree.path)/alias", "\(tree.path)/in/../in/./out/"] {
      let set = try tree.dataSet(excluding: [out, "\(tree.path)/none"])
      #expect(set.members.map(\.relativePath) == ["in/0.nrrd"])
    }
    #expect(try tree.dataSet(excluding: [tree.path]).members.count == 2)
  }

  @Test func casesThatDifferInTheEndingAlone() throws {
    let tree = try FileTree(["0.nrrd", "0.nii.gz", "0.nrrd.nhdr", "1.nrrd", "1.NRRD"])
    let set = try tree.dataSet()
    #expect(set.members.count == 5 && Set(set.members.map(\.name)).count == 5)
    #expect(set.members.map(\.relativePath).contains("0.nii.gz"))
    #expect(set.members.first { $0.relativePath == "0.nrrd.nhdr" }?.name == "0.nrrd")
    #expect(set.members.first { $0.relativePath == "0.nrrd" }?.name == "0.nrrd-2")
    #expect(
      set.warnings.contains { $0.contains("4 cases differ from another in the ending alone") })
    let truths = try FileTree([
      "defective_skull/0.nii", "implant/0.nrrd", "implant/0.nii.gz",
    ])
    let scored = try truths.dataSet()
    #expect(scored.members[0].truth == .implant("\(truths.path)/implant/0.nii.gz"))
    #expect(scored.warnings.contains { $0.contains("several files that differ in the ending") })
  }

  @Test func partsWithinParts() throws {
    let tree = try FileTree([
      "x/defective_skull/y/0.nrrd", "x/y/defective_skull/0.nrrd", "z/defective_skull/y/0.nrrd",
      "defective_skull/y/0.nrrd",
    ])
    let set = try tree.dataSet()
    #expect(Set(set.members.map(\.relativePath)).count == 4)
    #expect(set.members[1].relativePath == "x/defective_skull/y/0.nrrd")
  }

  @Test func namesAreTakenAsTheyAre() throws {
    let names = [
      "with space", "line\nbreak", "quote\"'`$(x)", "..", "a..b", "ünïcode ☠", "-o", "*?[a]",
      "tab\t",
      "back\\slash", "\u{301}combining", String(repeating: "n", count: 240),
    ]
    let tree = try FileTree(
      names.flatMap { ["defective_skull/kind \n'\"/\($0) .nrrd", "implant/kind \n'\"/\($0) .nii"] })
    let set = try tree.dataSet()
    #expect(set.members.count == names.count - 1)
    for member in set.members {
      guard case .implant(let truth) = member.truth else {
        Issue.record("\(member.name) has no truth")
        continue
      }
      #expect(access(member.path, F_OK) == 0 && access(truth, F_OK) == 0)
      #expect(member.kind == "kind \n'\"" && member.relativePath == member.name + ".nrrd")
    }
  }

  @Test func namesThatAReaderCannotTellApart() throws {
    let tree = try FileTree(["e\u{301}.nrrd"])
    let other = open("\(tree.path)/\u{e9}.nrrd", O_CREAT | O_WRONLY, 0o644)
    close(other)
    // File systems that fold them have one file.
    guard try FileManager.default.contentsOfDirectory(atPath: tree.path).count == 2 else { return }
    let set = try tree.dataSet()
    #expect(set.members.count == 2)
    for member in set.members {
      #expect(
        member.trouble?.description.contains("in another Unicode form; rename one of them") == true)
    }
  }

  @Test func namesThatAreNoText() throws {
    let tree = try FileTree(["0.nrrd"])
    for byte in [0xFE, 0xFF] as [UInt8] {
      let path = Array("\(tree.path)/".utf8) + [byte] + Array(".nrrd".utf8) + [0]
      let descriptor = path.withUnsafeBytes {
        open($0.baseAddress!.assumingMemoryBound(to: CChar.self), O_CREAT | O_WRONLY, 0o644)
      }
      guard descriptor >= 0 else { return }
      close(descriptor)
    }
    let set = try tree.dataSet()
    #expect(set.members.count == 2)
    #expect(set.warnings[0].hasPrefix("2 files with a name that is not UTF-8"))
  }

  @Test func aWorkingFolderHasAName() throws {
    // Relative paths are those of the process, which tests share: an absolute one with dots must do.
    let tree = try FileTree(["defective_skull/cube/0.nrrd", "implant/cube/0.nrrd"])
    let set = try tree.dataSet("defective_skull/cube/.//")
    #expect(set.root == tree.path && set.members[0].truth != nil)
    let climbed = try tree.dataSet("implant/../defective_skull/cube/../.")
    #expect(climbed.members[0].relativePath == "cube/0.nrrd" && climbed.members[0].truth != nil)
  }

  @Test func twentyThousandFilesTakeNoTime() throws {
    let kinds = (0..<10).map { "defective_skull/kind\($0)" }
    let tree = try FileTree(
      kinds.flatMap { FileTree.numbered(1000, in: $0) }
        + (0..<10).flatMap { FileTree.numbered(1000, in: "implant/kind\($0)") })
    let clock = ContinuousClock()
    var count = 0
    let time = try clock.measure { count = try tree.dataSet().members.count }
    #expect(count == 10_000 && time < .seconds(10))
  }

  @Test func aFolderACaseTakesNoTimeEither() throws {
    let tree = try FileTree(
      (0..<3000).flatMap { ["p\($0)/defective_skull/0.nrrd", "p\($0)/implant/0.nrrd"] })
    let clock = ContinuousClock()
    var set: DataSet?
    let time = try clock.measure { set = try tree.dataSet() }
    #expect(set?.members.count == 3000 && set?.members[0].relativePath == "p0/0.nrrd")
    #expect(set?.members.allSatisfy { $0.truth != nil } == true && time < .seconds(10))
  }
}
