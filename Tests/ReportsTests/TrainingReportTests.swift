import Foundation
import ModelTraining
import Testing

@testable import Reports

@Suite struct TrainingReportTests {
  /// The line of an epoch, as the log has it.
  static func epoch(_ stage: Int, _ number: Int, loss: Double = 100) throws -> EpochRecord {
    let first =
      stage == 1 ? "\"kld\":12,\"beta\":0.5,\"kldByDimension\":[0.5,2,1],\"activeUnits\":2," : ""
    let text = """
      {"stage":\(stage),"epoch":\(number),"steps":9,"diceLoss":\(loss),"diceLossSum":900,\(first)
       "loss":101,"gradientNorm":1,"trainingDice":0.75,"trainingDiceByClass":{},"validationDice":0.7,
       "rate":0.001,"isBest":\(number == 1),"seconds":2}
      """
    return try JSONDecoder().decode(EpochRecord.self, from: Data(text.utf8))
  }

  private func page(
    _ state: TrainingReport.State, _ change: (inout TrainingReport) -> Void = { _ in }
  ) throws
    -> String
  {
    var report = TrainingReport(
      name: "test", state: state,
      epochs: try [Self.epoch(1, 0, loss: 300), Self.epoch(1, 1), Self.epoch(2, 0)], program: "0")
    report.settings = [
      "stage1.epochs": "2", "stage2.epochs": "4", "data.folder": "/data/jane-doe/set",
    ]
    change(&report)
    return String(decoding: try report.html(), as: UTF8.self)
  }

  @Test func aRunningTrainingLoadsItselfAgainAndAFinishedOneDoesNot() throws {
    #expect(try page(.running).contains("\"reloads\":true"))
    #expect(try page(.running).contains("about 6.0 s left"))
    for state in [TrainingReport.State.finished, .stopped, .failed("diverged")] {
      #expect(try page(state).contains("\"reloads\":false"))
      #expect(try !page(state).contains(" left"))
    }
  }

  @Test func whatWentWrongStandsFirst() throws {
    let page = try page(.failed("Dice loss nan of /data/jane-doe/set/x.nrrd")) {
      $0.warnings = ["left out <b>two</b> files"]
    }
    let failure = try #require(page.range(of: "Dice loss nan of x.nrrd"))
    let warning = try #require(page.range(of: "left out &lt;b&gt;two&lt;/b&gt; files"))
    let curves = try #require(page.range(of: "id=\"curves\""))
    #expect(failure.lowerBound < warning.lowerBound && warning.lowerBound < curves.lowerBound)
    #expect(!page.contains("jane-doe"))
  }

  @Test func dimensionsAreSortedByTheirDivergence() throws {
    let page = try page(.running)
    let places = ["dimension 1: 2 nats", "dimension 2: 1 nats", "dimension 0: 0.5 nats"].map {
      page.range(of: $0)?.lowerBound
    }
    let found = places.compactMap { $0 }
    #expect(found.count == 3 && found == found.sorted())
  }

  @Test func ofManyPicturesSomeAreShownTheLastAmongThem() throws {
    let all = (0..<500).map { TrainingReport.Picture(stage: 1, epoch: $0, png: [1, 2, 3]) }
    let page = try page(.running) { $0.reconstructions = all }
    #expect(page.components(separatedBy: "data-name=").count - 1 == 24)
    #expect(
      page.contains("data-name=\"stage 1, epoch 0\"")
        && page.contains("data-name=\"stage 1, epoch 499\""))
    // The last is seen without a script.
    #expect(page.components(separatedBy: "<figure hidden").count - 1 == 23)
  }

  @Test func aTrainingBeforeItsFirstEpochHasAPage() throws {
    let page = try page(.running) { $0.epochs = [] }
    #expect(page.contains("of 6 in two stages") && !page.contains("id=\"curves\""))
  }

  @Test func chartsLeaveOutWhatIsNoNumber() {
    let chart = LineChart(
      title: "t", unit: "", curves: [("a", [1, nil, .nan, 3, .infinity, 2]), ("b", [nil])])
    let source = chart.markup.source
    #expect(!source.contains("nan") && !source.contains("inf") && !source.contains(">b<"))
    // A lone point is a dot, two neighbours are a line.
    #expect(source.contains("<circle class=\"dot0\""))
    #expect(LineChart(title: "t", unit: "", curves: [("a", [nil])]).markup.source.isEmpty)
    // Equal values, and nothing but zeros, have a scale.
    for values in [[5.0, 5, 5], [0, 0], [-1, -1]] {
      #expect(
        LineChart(title: "t", unit: "", curves: [("a", values)]).markup.source.contains("<polyline")
      )
    }
    #expect(
      !LineChart(title: "t", unit: "", curves: [("a", [1e-9, 1e9])], isLogarithmic: true).markup
        .source
        .contains("nan"))
  }
}
