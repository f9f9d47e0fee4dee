import Testing

@Suite struct UnknownCommandTests {
  @Test(arguments: [
    (["implan"], "calvaria has no subcommand \"implan\"; did you mean implant?"),
    (["implan", "a.nrrd", "-o", "x"], "did you mean implant?"),
    (["implan", "--help"], "did you mean implant?"),
    (["IMPLANT", "a.nrrd"], "did you mean implant?"),
    (["help", "bacth"], "did you mean batch?"),
    (["latent", "encod"], "calvaria latent has no subcommand \"encod\"; did you mean encode?"),
    (["latent", "encod", "m", "f", "-o", "x"], "did you mean encode?"),
    (["help", "latent", "smaple"], "did you mean sample?"),
    (["nonsense"], "calvaria has no subcommand \"nonsense\"; `calvaria --help` lists them"),
    (["latent", "nonsense"], "`calvaria latent --help` lists them"),
  ])
  func namesTheNearest(arguments: [String], part: String) throws {
    let outcome = try Calvaria.run(arguments)
    #expect(outcome.status == 2)
    #expect(outcome.output.isEmpty)
    #expect(outcome.errorLines.count == 1, "\(outcome.errors)")
    #expect(outcome.errors.hasPrefix("calvaria: error: arguments: "), "\(outcome.errors)")
    #expect(outcome.errors.contains(part), "\(outcome.errors)")
  }

  @Test(arguments: [["latent"], ["latent", "--help"], ["help", "latent", "encode"], ["--help"]])
  func knownOnesAreLeftToTheParser(arguments: [String]) throws {
    let outcome = try Calvaria.run(arguments)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("USAGE: calvaria"))
  }

  @Test(arguments: [
    "calvaria", "bzip2", "expat", "libcrypto", "libdeflate", "libnifti", "libpng", "libzip",
    "meshoptimizer", "zlib",
  ])
  func versionNamesEveryLibrary(name: String) throws {
    let outcome = try Calvaria.run("--version")
    let line = try #require(
      outcome.output.split(separator: "\n").first { $0.hasPrefix(name + " ") })
    let version = line.dropFirst(name.count + 1)
    #expect(version.first?.isNumber == true && version.contains("."), "\(line)")
  }
}
