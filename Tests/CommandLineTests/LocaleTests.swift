import Foundation
import TestSupport
import Testing
import VolumeIO
import Volumes

/// Numbers with commas, letters without a dot, other digits: the locale changes no byte.
@Suite struct LocaleTests {
  /// The program that makes locales, and their sources; in the package `locales` of Debian.
  private static let maker = "/usr/bin/localedef"
  static let canBeMade =
    FileManager.default.isExecutableFile(atPath: maker)
    && FileManager.default.fileExists(atPath: "/usr/share/i18n/locales/tr_TR")

  private func output(of program: String, _ arguments: [String], _ environment: [String: String])
    throws -> String
  {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardOutput = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self)
  }

  /// What some commands print and write, files by their names.
  private func everything(in folder: TemporaryFolder, _ environment: [String: String]) throws
    -> [String:
    Data]
  {
    let path = "\(folder.path)/work"
    try? FileManager.default.removeItem(atPath: path)
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try VolumeFile.write(AnyVolume(Phantom.scan()), to: "\(path)/INPUT.nrrd")
    var found: [String: Data] = [:]
    for (number, arguments) in [
      [
        "implant", "\(path)/INPUT.nrrd", "-o", "\(path)/out", "--pipeline",
        RunCommandTests.pipeline,
        "--set", "threshold=226.5", "--format", "nifti",
      ],
      ["implant", "\(path)/INPUT.nrrd", "-o", "\(path)/out2", "--set", "threshold=226,5"],
      ["convert", "\(path)/INPUT.nrrd", "\(path)/COPY.NII.GZ"],
      ["convert", "\(path)/INPUT.nrrd", "\(path)/text.nrrd", "--encoding", "ascii"],
      ["info", "\(path)/COPY.NII.GZ", "--json", "--sha256"],
      ["check", "\(path)/out/implant.stl", "--json"],
      ["convert", "\(path)/out/implant.stl", "\(path)/IMPLANT.OBJ"],
      ["evaluate", "\(path)/out/implant.nrrd", "\(path)/out/implant.nrrd", "--json"],
      ["INFO", "\(path)/COPY.NII.GZ"], ["mıssing"],
      ["graph", Calvaria.root + "/pipelines/implant.yaml"],
    ].enumerated() {
      let outcome = try Calvaria.run(arguments, environment: environment)
      found["\(number) status"] = Data("\(outcome.status)".utf8)
      found["\(number) output"] = Data(outcome.output.utf8)
      found["\(number) errors"] = Data(outcome.errors.utf8)
    }
    for name in folder.names(in: "work") where !name.hasSuffix("run.json") {
      found[name] = try? Data(contentsOf: URL(filePath: "\(path)/\(name)"))
    }
    return found
  }

  @Test(
    .enabled(if: canBeMade, "localedef or its sources are missing: no locale but C"),
    arguments: ["de_DE", "fr_FR", "tr_TR", "ar_SA"])
  func changesNoByte(locale: String) throws {
    let folder = TemporaryFolder()
    let places = "\(folder.path)/locales"
    try FileManager.default.createDirectory(atPath: places, withIntermediateDirectories: true)
    _ = try output(
      of: Self.maker, ["-i", locale, "-f", "UTF-8", "\(places)/\(locale).UTF-8"], [:])
    let environment = ["LOCPATH": places, "LC_ALL": "\(locale).UTF-8", "LANG": "\(locale).UTF-8"]
    // The locale is there and is another.
    let language = try output(of: "/usr/bin/locale", ["-k", "d_fmt", "yesexpr"], environment)
    #expect(
      language != (try output(of: "/usr/bin/locale", ["-k", "d_fmt", "yesexpr"], ["LC_ALL": "C"])))
    if locale.hasPrefix("de") || locale.hasPrefix("fr") || locale.hasPrefix("tr") {
      #expect(try output(of: "/usr/bin/locale", ["decimal_point"], environment) == ",\n")
    }
    let plain = try everything(in: folder, ["LC_ALL": "C", "LANG": "C"])
    #expect(plain["0 status"] == Data("0".utf8))
    #expect(plain["out/implant.nii.gz"] != nil && plain["COPY.NII.GZ"] != nil)
    let local = try everything(in: folder, environment)
    #expect(Set(local.keys) == Set(plain.keys))
    for (name, bytes) in plain {
      #expect(
        local[name] == bytes,
        "\(locale): \(name): \(String(decoding: (local[name] ?? Data()).prefix(200), as: UTF8.self))"
      )
    }
  }
}
