import DataSets
import Errors
import Files
import Foundation
import TestSupport
import Testing

/// Folders that are named otherwise than in the published sets.
@Suite struct DataSetNamesTests {
  @Test(arguments: [
    ("Defective_Skull", "Implant"), ("defective_skulls", "implants"),
    ("DEFECTIVE-SKULL", "IMPLANT"),
    ("Defective Skulls", "implant"),
  ])
  func rolesInAnyCaseAndNumber(defective: String, implant: String) throws {
    let tree = try FileTree([
      "\(defective)/000.nrrd", "\(defective)/001.nrrd", "\(implant)/000.nrrd",
      "\(implant)/001.nrrd",
    ])
    for path in [tree.path, "\(tree.path)/\(defective)"] {
      let set = try DataSet(path)
      #expect(set.layout == .skullfix)
      #expect(set.members.map(\.name) == ["000", "001"])
      #expect(
        set.members.allSatisfy { $0.truth == .implant("\(tree.path)/\(implant)/\($0.name).nrrd") })
    }
    let kinds = try FileTree(["\(defective)/bilateral/0.nrrd", "\(implant)/bilateral/0.nrrd"])
    let set = try DataSet(kinds.path)
    #expect(set.layout == .skullbreak)
    #expect(set.members.first?.kind == "bilateral")
    #expect(set.members.first?.truth != nil)
  }

  @Test(arguments: [
    ("imagesTr/head_001_0000.nii.gz", "labelsTr/head_001.nii.gz"), ("scans/1.nrrd", "gt/1.nrrd"),
    ("images/a.nrrd", "labels/a.nrrd"),
  ])
  func truthsThatNoLayoutKnowsAreAskedAbout(scan: String, truth: String) throws {
    let tree = try FileTree([scan, truth])
    let error = #expect(throws: Diagnostic.self) { try DataSet(tree.path) }
    #expect(error?.found.contains(truth.prefix { $0 != "/" }) == true)
    #expect(error?.remedy.contains("--layout plain") == true)
    #expect(try DataSet(tree.path, layout: .plain).members.count == 2)
    #expect(try DataSet("\(tree.path)/\(scan.prefix { $0 != "/" })").members.count == 1)
  }

  @Test func oneNameInTwoUnicodeFormsFailsItsCasesAlone() throws {
    let tree = try FileTree(["caf\u{e9}.nrrd", "cafe\u{301}.nrrd", "other.nrrd"])
    let set = try DataSet(tree.path)
    #expect(set.members.count == 3)
    #expect(Set(set.members.map(\.name)) == ["caf%C3%A9", "cafe%CC%81", "other"])
    for member in set.members {
      #expect((member.trouble == nil) == (member.name == "other"))
      #expect(
        member.trouble?.description.contains("in another Unicode form; rename one of them") != false
      )
    }
  }

  /// Its path is longer than the system takes, which holds for every user.
  @Test func aFolderThatCannotBeReadIsAFailedCase() throws {
    let tree = try FileTree(["a/0.nrrd"])
    let part = String(repeating: "d", count: 250)
    var folders = [open(tree.path, O_RDONLY | O_DIRECTORY)]
    for _ in 0..<17 {
      #expect(mkdirat(folders[folders.count - 1], part, 0o755) == 0)
      folders.append(openat(folders[folders.count - 1], part, O_RDONLY | O_DIRECTORY))
    }
    let set = try DataSet(tree.path)
    for (index, folder) in folders.enumerated().reversed() {
      if index < 17 { unlinkat(folder, part, AT_REMOVEDIR) }
      close(folder)
    }
    #expect(set.members.count == 2)
    #expect(set.members.first?.name == "a/0")
    #expect(set.members.last?.trouble?.field == "folder")
    #expect(set.members.last?.trouble?.found.contains("too long") == true)
  }
}
