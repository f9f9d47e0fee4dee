import Foundation
import TestSupport
import Testing

/// The rules of `scripts/check-imports`, `scripts/check-modules` and `scripts/check-documents`, each on a tree that
/// breaks it.
@Suite struct LintTests {
  /// Two modules that break no rule: `High` above `Low`, of two folders.
  static let sound = [
    "CONTRIBUTING.md": """
    | module | holds | imports | of the system |
    |---|---|---|---|
    | `Low` | this | – | – |
    | `High` | that | Low | libc |

    """,
    "Package.swift": """
    let package = Package(
      targets: [
        module("Low", []),  // module("Comment", [])
        module("High", ["Low"] + (other ? [] : []), settings: [.define("X")]),
        tests("HighTests", ["High", "Low"]),
      ])

    """,
    "Sources/Low/Floor.swift": "public struct Floor {}\n",
    "Sources/High/Roof.swift": "@_exported public import Low\nstruct Roof { let walls: Walls }\n",
    "Sources/High/Rooms/Walls.swift": """
    import Glibc
    // Below every Roof: /* Roof
    struct Walls {
      let text = "\\(Floor()) is no \\"Roof\\" but " + #"a "Roof""#
      /* Roof /* Roof */ Roof */
    }

    """,
    "Sources/High/Rooms/Cellar.swift": "struct Cellar {\n  struct Roof {}\n  let roof: Roof\n}\n",
    "Tests/HighTests/RoofTests.swift": "import High\nimport struct Low.Floor\n",
  ]

  /// What the scripts say of the sound tree with some files added or replaced.
  private static func findings(_ changes: [String: String]) throws -> (status: Int32, text: String)
  {
    try output(
      of: #""$1/check-imports" "$2" 2>&1; a=$?; "$1/check-modules" "$2" 2>&1 && exit $a"#,
      on: sound.merging(changes, uniquingKeysWith: { $1 }))
  }

  /// What a shell command prints of a tree: `$1` is the folder of scripts, `$2` that of the tree.
  private static func output(of command: String, on files: [String: String]) throws -> (
    status: Int32, text: String
  ) {
    let folder = try FileTree()
    defer { withExtendedLifetime(folder) {} }
    for (name, text) in files {
      let url = URL(filePath: "\(folder.path)/\(name)")
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: url)
    }
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", command, "sh", "\(Calvaria.root)/scripts", folder.path]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }

  private static func table(_ rows: String...) -> [String: String] {
    let head = "| module | holds | imports | of the system |\n|---|---|---|---|\n"
    return ["CONTRIBUTING.md": head + rows.map { "| \($0) |\n" }.joined()]
  }

  private static func package(_ calls: String...) -> [String: String] {
    ["Package.swift": calls.joined(separator: "\n")]
  }

  @Test func aSoundTreePasses() throws {
    let (status, text) = try Self.findings([:])
    #expect(status == 0 && text == "")
  }

  @Test(arguments: [
    (
      ["Sources/Low/Floor.swift": "import Dispatch\n"],
      "Sources/Low/Floor.swift:1: import Dispatch: expected what CONTRIBUTING.md names for Low"
    ),
    (
      ["Sources/Other/A.swift": "\n"],
      "Sources/Other/A.swift:1: module Other: expected a row in CONTRIBUTING.md, found none"
    ),
    (
      ["Sources/High/Roof.swift": "struct Roof {}\n"],
      "CONTRIBUTING.md:4: High: expected modules that it imports, found Low; take it out of the row"
    ),
    (
      ["Sources/High/Rooms/Walls.swift": "struct Walls {}\n"],
      "CONTRIBUTING.md:4: High: expected modules that it imports, found libc"
    ),
    (
      ["Tests/HighTests/RoofTests.swift": "import High\n"],
      "Package.swift: target HighTests: expected dependencies that it imports, found Low"
    ),
    (
      package(
        "module(\"Low\", [])", "module(\"High\", [\"Low\"])", "tests(\"HighTests\", [\"High\"])"),
      "Tests/HighTests/RoofTests.swift:2: import Low: expected a dependency of target HighTests in "
        + "Package.swift, found none"
    ),
    (
      package("module(\"Low\", [])", "module(\"High\", [])"),
      "CONTRIBUTING.md:4: High: expected dependencies of Package.swift, found Low"
    ),
    (
      package("module(\"Low\", [\"Yams\"])", "module(\"High\", [\"Low\"])"),
      "CONTRIBUTING.md:3: Low: expected Yams, a dependency in Package.swift"
    ),
    (
      package("module(\"Low\", [])", ".target(name: \"Side\")", "module(\"High\", [\"Low\"])"),
      "Package.swift: target Side: expected a row in CONTRIBUTING.md, found none"
    ),
    (
      package("module(\"Low\", [])"),
      "CONTRIBUTING.md:4: High: expected a target of Package.swift, found none"
    ),
    (
      table("`High` | that | Low | libc", "`Low` | this | – | –"),
      "CONTRIBUTING.md:3: High: expected imports from rows above it, found Low, whose row is below"
    ),
    (["CONTRIBUTING.md": "no table\n"], "expected a table whose first column is headed 'module'"),
    (
      ["Sources/High/Rooms/Door.swift": "func open(_ roof: Roof) {}\n"],
      "Sources/High: expected folders that use each other one way, found Sources/High -> "
        + "Sources/High/Rooms (Roof.swift uses Walls) -> Sources/High (Door.swift uses Roof)"
    ),
    (
      ["Sources/High/Rooms/Door.swift": "let text = \"under \\(Roof.self)\"\n"],
      "-> Sources/High (Door.swift uses Roof)"
    ),
    (
      [
        "Sources/High/Rooms/Door.swift": "let door = built(2)\n",
        "Sources/High/Built.swift": "package func built(_ n: Int) -> Int { n }\n",
      ],
      "-> Sources/High (Door.swift uses built())"
    ),
    (
      [
        "Sources/High/Rooms/Door.swift": "let side: Floor.Side = .left\n",
        "Sources/High/Side.swift": "extension Floor {\n  enum Side { case left }\n}\n",
      ],
      "-> Sources/High (Door.swift uses Floor.Side)"
    ),
    (
      ["Sources/Low/Name.swift": "@frozen\npublic final class Low {}\n"],
      "Sources/Low/Name.swift:2: module Low: expected a name that no type in it has, found the type"
    ),
    (
      ["Sources/Low/Long.swift": String(repeating: "\n", count: 6001)],
      "Sources/Low: expected 6000 lines or fewer, found 6002; split the module"
    ),
    (
      ["Sources/Low/Long.swift": String(repeating: "\n", count: 301)],
      "Sources/Low/Long.swift:301: expected 300 lines or fewer, found 301; split the file, or say"
    ),
    (
      [
        "Tests/HighTests/Long.swift": "// Over 300 lines: it is long.\n"
          + String(repeating: "\n", count: 500)
      ],
      "Tests/HighTests/Long.swift:501: expected 500 lines or fewer, found 501; split the file"
    ),
  ])
  func aBrokenRuleIsToldWithItsPlace(changes: [String: String], message: String) throws {
    let (status, text) = try Self.findings(changes)
    #expect(text.contains(message) && status == 1, "\(text)")
  }

  @Test func aReasonInItsHeadMakesALongFilePass() throws {
    let (status, text) = try Self.findings([
      "Sources/Low/Long.swift": "// Over 300 lines: one table.\n"
        + String(repeating: "\n", count: 400)
    ])
    #expect(status == 0 && text == "")
  }

  @Test func theModuleOfVolumeFormatsMayBeLonger() throws {
    let file = String(repeating: "\n", count: 300)
    var changes = Self.table("`VolumeIO` | this | – | –").merging(
      Self.package("module(\"VolumeIO\", [])"), uniquingKeysWith: { $1 })
    for number in 0...20 { changes["Sources/VolumeIO/File\(number).swift"] = file }
    let text = try Self.findings(changes).text
    #expect(!text.contains("split the module"), "\(text)")
  }

  @Test(arguments: [
    ("Rooms/ Attic/", "High/Rooms/Walls.swift", ""),
    (
      "Rooms/", "High/Rooms/Walls.swift",
      "CONTRIBUTING.md: Folders: expected a line for Sources/High/Attic, found none; add it\n"
    ),
    (
      "Rooms/ Attic/ Cellar/", "High/Rooms/Walls.swift",
      "CONTRIBUTING.md: Folders: expected a folder Sources/High/Cellar, found none; take it out\n"
    ),
    (
      "Rooms/ Attic/", "High/Walls.swift",
      "docs/trips.md: expected a file Sources/High/Walls.swift, found none; correct the trip\n"
    ),
  ])
  func documentsNameWhatIsThere(folders: String, file: String, message: String) throws {
    let contributing = """
      Sources/      the modules
        CLow Low    two
        High/       that
          \(folders)  its folders
      Tests/        tests

      """
    let (status, text) = try Self.output(
      of: #""$1/check-documents" "$2" 2>&1"#,
      on: [
        "CONTRIBUTING.md": contributing, "docs/trips.md": "1. `High/Roof.swift` and `\(file)`\n",
        "Sources/CLow/include/low.h": "", "Sources/Low/Floor.swift": "",
        "Sources/High/Roof.swift": "", "Sources/High/Rooms/Walls.swift": "",
        "Sources/High/Attic/Beam.swift": "",
      ])
    #expect(text == message)
    #expect(status == (message.isEmpty ? 0 : 1))
  }
}
