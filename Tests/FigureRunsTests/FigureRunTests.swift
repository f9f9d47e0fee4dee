import Accounts
import Errors
import Foundation
import OtherPrograms
import Settings
import TestSupport
import Testing

@testable import FigureRuns

@Suite struct FigureRunTests {
  private let folder = TemporaryFolder()

  private static let program = RunAccount.Program(version: "0", libraries: [:])

  /// The curves of a training: of each epoch stage, number, Dice loss, KLD (nil: none) and β.
  private func curves(_ name: String, _ epochs: [(Int, Int, Double, Double?, Double?)]) -> String {
    let lines = epochs.map { stage, epoch, loss, kld, beta in
      "\(stage),\(epoch),\(loss),\(kld.map { "\($0)" } ?? ""),\(beta.map { "\($0)" } ?? ""),0.5,"
    }
    let text = (["stage,epoch,dice_loss,kld,beta,training_dice,validation_dice"] + lines)
      .joined(separator: "\n")
    return folder.write(Array("\(text)\n".utf8), name)
  }

  private func scores(_ name: String, _ rows: [String]) -> String {
    let text = (["case,kind,dsc,bdsc,hd95,hd,seconds,status"] + rows).joined(separator: "\n")
    return folder.write(Array("\(text)\n".utf8), name)
  }

  private func run(
    _ only: [String], dataOnly: Bool = true, _ settings: [String]
  ) throws -> FigureRun.Outcome {
    let file = folder.write(Array("version: 1\nfigures: test\n".utf8), "figures.yaml")
    var run = FigureRun(
      try FiguresFile(reading: file, overrides: settings.map { try Override(parsing: $0) }),
      into: folder("drawn"), program: Self.program)
    (run.only, run.dataOnly, run.threads) = (only, dataOnly, 1)
    return try run.run { _, _, _ in }
  }

  private func table(_ name: String) throws -> CSVTable {
    try CSVTable(contentsOf: folder("drawn/\(name).csv"), with: [])
  }

  private var trainings: [String] {
    [
      "trainings.small="
        + curves("small.csv", [(1, 0, 300, 500, 0.0001), (1, 1, 30, 800, 0.0001)]),
      "trainings.large="
        + curves(
          "large.csv",
          [
            (1, 0, 300, 2, 100), (1, 1, 165, 0.01, 100), (2, 0, 200, nil, nil),
            (2, 1, 164, nil, nil),
          ]),
      "trainings.decoupled="
        + curves(
          "decoupled.csv",
          [
            (1, 0, 300, 2, 100), (1, 1, 165, 0.01, 100), (2, 0, 120, nil, nil),
            (2, 1, 40, nil, nil),
          ]),
      "trainings.between=[" + curves("between.csv", [(1, 0, 200, 40, 1), (1, 1, 90, 20, 1)]) + "]",
    ]
  }

  @Test func theDecoderGoesOnWhereTheFirstStageEndedWithItsDivergence() throws {
    _ = try run(["fig-3-curves"], trainings)
    let table = try table("fig-3-curves")
    #expect(table.rows.count == 8)
    let last = try #require(table.rows.indices.last)
    #expect(table.texts("training")[last] == "β = 100, decoder on standardized latents")
    #expect(table.numbers("position")[last] == 3 && table.numbers("dice_loss")[last] == 40)
    #expect(table.numbers("kld")[last] == 0.01)
    #expect(abs((table.numbers("log_kld")[last] ?? 0) - log(0.01)) < 1e-12)
  }

  @Test func theTwoStagesStandBesideEveryBeta() throws {
    _ = try run(["pareto"], trainings)
    let table = try table("pareto")
    #expect(table.numbers("beta") == [0.0001, 1, 100, 100])
    #expect(table.numbers("dice_loss") == [30, 90, 165, 40])
    #expect(table.numbers("kld") == [800, 20, 0.01, 0.01])
    #expect(table.numbers("two_stage") == [0, 0, 0, 1])
  }

  @Test func scoresAreSummedUpByKind() throws {
    let scored = scores(
      "scores.csv",
      [
        "a/0,a,0.5,0.6,2,3,0.1,ok", "a/1,a,0.9,0.8,4,5,0.2,ok", "\"b,c/0\",b,,,,,0.1,failed",
      ])
    _ = try run(["scores-by-kind"], ["scores.kinds=\(scored)"])
    let cases = try table("scores-by-kind")
    // Run times differ from run to run.
    #expect(!cases.columns.contains("seconds"))
    #expect(cases.texts("case") == ["a/0", "a/1", "b,c/0"])
    #expect(cases.numbers("dsc") == [0.5, 0.9, nil])
    let summary = try table("scores-by-kind-summary")
    #expect(summary.texts("kind_of_hole") == ["a", "b", "all"])
    #expect(summary.numbers("cases") == [2, 1, 3] && summary.numbers("scored") == [2, 0, 2])
    #expect(summary.numbers("dsc_median") == [0.7, nil, 0.7])
    #expect(summary.numbers("hd95_mean") == [3, nil, 3])
  }

  @Test func tablesOfOneNameBelongTogether() throws {
    let one = scores("one.csv", ["0,prism,0.4,0.4,2,3,0.1,ok"])
    let other = scores("other.csv", ["0,facial,0.8,0.7,1,2,0.1,ok"])
    _ = try run(
      ["scores-by-gamma", "scores-by-model"],
      [
        "scores.gamma=[1=\(one),1=\(other),0.5=\(one)]",
        "scores.models=[β = 1=\(one),β = 1=\(other)]",
      ])
    let gamma = try table("scores-by-gamma")
    #expect(gamma.texts("class") == ["cranial", "cranial", "facial", "facial"])
    #expect(gamma.numbers("gamma") == [0.5, 1, 0.5, 1])
    #expect(gamma.numbers("dsc_median") == [0.4, 0.4, nil, 0.8])
    #expect(try table("scores-by-model").texts("model") == ["β = 1", "β = 1"])
    // Which kind is facial is the file's to say.
    _ = try run(
      ["scores-by-gamma"], ["data.facial=prism", "scores.gamma=[1=\(one),1=\(other)]"])
    #expect(try table("scores-by-gamma").numbers("dsc_median") == [0.8, 0.4])
  }

  @Test func whatLacksInputsIsLeftOutAndSaid() throws {
    let outcome = try run([], [])
    #expect(outcome.files.contains(folder("drawn/fig-2-gaussians.csv")))
    let lacking = Dictionary(uniqueKeysWithValues: outcome.skipped.map { ($0.name, $0.lacks) })
    #expect(lacking["fig-4-long-run"] == ["trainings.long"])
    #expect(lacking["fig-2-gaussians"] == nil)
    #expect(lacking.count == FigureRun.names.count - 1)
    let account = String(decoding: folder.read("drawn/figures.json"), as: UTF8.self)
    #expect(account.contains("fig-2-gaussians") && account.contains("\"formatVersion\" : 1"))
  }

  @Test func whatIsAskedForWithoutInputsIsAnErrorThatNamesTheKey() throws {
    #expect {
      try run(["fig-4-long-run", "fig-3-curve"], [])
    } throws: { error in
      let texts = (error as? Diagnostics)?.all.map(\.description) ?? []
      return texts.count == 2 && texts[0].contains("trainings.long")
        && texts[1].contains("did you mean fig-3-curves?")
    }
  }

  @Test func aTrainingWithoutEpochsAndATableWithoutColumnsAreRefused() throws {
    func message(_ settings: [String], _ figure: String) -> String {
      do {
        return try run([figure], settings).failures.map(\.description).joined(separator: "\n")
      } catch { return "\(error)" }
    }
    let empty = curves("empty.csv", [])
    #expect(
      message(["trainings.long=\(empty)"], "fig-4-long-run").contains("expected a line an epoch"))
    let other = folder.write(Array("a,b\n1,2\n".utf8), "other.csv")
    #expect(
      message(["trainings.long=\(other)"], "fig-4-long-run").contains("expected a column stage"))
    let cut = folder.write(
      Array("stage,epoch,dice_loss,kld,beta\n1,0,3\n".utf8), "cut.csv")
    #expect(
      message(["trainings.long=\(cut)"], "fig-4-long-run").contains(
        "cut.csv:2: table: expected 5 fields"))
    #expect(message(["scores.gamma=[a=\(other)]"], "scores-by-gamma").contains("expected γ=TABLE"))
  }

  @Test func whatIsTooLargeToBeAFileOfFiguresIsRefused() {
    let path = folder.write([UInt8](repeating: 35, count: (1 << 20) + 1), "large.yaml")
    let error = #expect(throws: Diagnostics.self) { try FiguresFile(reading: path) }
    #expect(error?.description.contains("expected a figures file of at most 1 MiB") == true)
  }

  @Test func theShippedFilesNameWhatMakeMakes() throws {
    let root = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }
    let paper = try FiguresFile(reading: "\(root)/figures/paper.yaml")
    #expect(
      FigureKind.allCases.filter { !$0.needs.allSatisfy(paper.has) } == [.training, .scoresByKind])
    let reproduced = try FiguresFile(reading: "\(root)/figures/reproduced.yaml")
    #expect(reproduced.has("scores.kinds"))
  }

  @Test func oneThatFailsDoesNotKeepTheOthersBack() throws {
    let empty = curves("empty.csv", [])
    let outcome = try run(["fig-2-gaussians", "fig-4-long-run"], ["trainings.long=\(empty)"])
    #expect(
      outcome.failures.count == 1 && outcome.files.contains(folder("drawn/fig-2-gaussians.csv")))
    #expect(
      String(decoding: folder.read("drawn/figures.json"), as: UTF8.self).contains("a line an epoch")
    )
  }

  /// gnuplot draws every figure that needs no network, twice with the same bytes.
  @Test(.enabled(if: ExternalProgram("gnuplot") != nil))
  func gnuplotDrawsWhatTheDataSay() throws {
    let scored = scores(
      "scores.csv", (0..<6).map { "k'\($0)/0,k'\($0 % 2),0.\($0 + 2),0.\($0 + 1),\($0),9,1,ok" })
    let settings =
      trainings + [
        "trainings.long=\(folder("small.csv"))", "trainings.shown=\(folder("large.csv"))",
        "scores.kinds=\(scored)", "scores.gamma=[0=\(scored),1=\(scored)]",
        "scores.models=[it's=\(scored)]",
      ]
    let names = [
      "fig-2-gaussians", "fig-3-curves", "fig-4-long-run", "pareto", "training", "scores-by-kind",
      "scores-by-gamma", "scores-by-model",
    ]
    #expect(try run(names, dataOnly: false, settings).failures == [])
    let first = names.map { folder.read("drawn/\($0).svg") }
    for (name, svg) in zip(names, first) {
      let text = String(decoding: svg, as: UTF8.self)
      #expect(text.contains("</svg>"), "\(name)")
      #expect(folder.read("drawn/\(name).png").starts(with: [0x89, 0x50, 0x4E, 0x47]), "\(name)")
    }
    #expect(String(decoding: first[1], as: UTF8.self).contains("β = 100, VAE"))
    #expect(String(decoding: first[3], as: UTF8.self).contains("two stages β = 100"))
    #expect(String(decoding: first[5], as: UTF8.self).contains("k'1"))
    _ = try run(names, dataOnly: false, settings)
    #expect(names.map { folder.read("drawn/\($0).svg") } == first)
    // One group of several without any score.
    let mixed = ["scores.models=[a=\(scored),b=\(scores("none.csv", ["x,k,,,,,1,failed"]))]"]
    #expect(try run(["scores-by-model"], dataOnly: false, mixed).failures == [])
    // Empty implants have no distances, and failed cases nothing at all.
    let bare = scores("bare.csv", ["a/0,a,0.0,0.0,,,1,empty-prediction", "b/0,b,,,,,1,failed"])
    let drawn = try run(
      Array(names.suffix(3)), dataOnly: false,
      ["scores.kinds=\(bare)", "scores.gamma=[0=\(bare),1=\(bare)]", "scores.models=[a=\(bare)]"])
    #expect(drawn.failures == [])
    #expect(
      String(decoding: folder.read("drawn/scores-by-kind.svg"), as: UTF8.self).contains(
        "no case has it"))
  }
}
