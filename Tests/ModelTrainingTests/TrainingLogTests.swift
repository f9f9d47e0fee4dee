import Errors
import ModelTraining
import Files
import Foundation
import TestSupport
import Testing

/// The log of a training that goes on: complete, or with a gap that is told.
@Suite struct TrainingLogTests {
  private func record(_ stage: Int, _ epoch: Int) -> EpochRecord {
    let text = """
      {"stage": \(stage), "epoch": \(epoch), "steps": 3, "diceLoss": 0.1, "diceLossSum": 1,
      "loss": 1, "gradientNorm": 1, "trainingDice": 1, "trainingDiceByClass": {}, "rate": 0.003,
      "isBest": true, "seconds": 1.25}
      """
    return try! JSONDecoder().decode(EpochRecord.self, from: Data(text.utf8))
  }

  /// Two epochs of stage 1, three of stage 2.
  private func written() throws -> TemporaryFolder {
    let folder = TemporaryFolder()
    let log = try TrainingLog(folder: folder.path, lines: 0, place: .beginning)
    for epoch in 0..<2 { try log.append(record(1, epoch)) }
    for epoch in 0..<3 { try log.append(record(2, epoch)) }
    return folder
  }

  private func place(_ stage: Int, _ epoch: Int) -> TrainingPlace {
    var place = TrainingPlace.beginning
    (place.stage, place.epoch) = (stage, epoch)
    return place
  }

  @Test func everyLineHasAVersion() throws {
    let lines = try written().lines("log.jsonl")
    #expect(lines.count == 5)
    for line in lines {
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      #expect(object?["formatVersion"] as? Int == 1 && object?["diceLoss"] as? Double == 0.1)
    }
  }

  @Test func linesAfterTheCheckpointAreCutOff() throws {
    let folder = try written()
    let before = try folder.lines("log.jsonl")
    let log = try TrainingLog(folder: folder.path, lines: 4, place: place(2, 2))
    #expect(log.warnings.isEmpty)
    try log.append(record(2, 2))
    #expect(try folder.lines("log.jsonl") == before)
    #expect(try folder.lines("log.csv").count == 6)
  }

  /// No line, some lines, lines of other epochs, half a line: what is there is kept, the rest is told.
  @Test func aGapIsTold() throws {
    let whole = try written().lines("log.jsonl")
    let table = try written().lines("log.csv")
    let cases: [(lines: [String], missing: String)] = [
      ([], "stage 1, epoch 0"), (Array(whole[..<1]), "stage 1, epoch 1"),
      (Array(whole[2...]), "stage 1, epoch 0"),
      (whole[..<3] + ["{\"stage\": 2"], "stage 2, epoch 1"),
      (whole.map { $0.replacing("\"epoch\":1", with: "\"epoch\":70") }, "stage 1, epoch 1"),
    ]
    for (lines, missing) in cases {
      let folder = try written()
      try folder.set("log.jsonl", lines)
      let log = try TrainingLog(folder: folder.path, lines: 5, place: place(2, 3))
      #expect(log.warnings.count == 1, "\(missing): \(log.warnings)")
      #expect(
        log.warnings.first?.contains("log.jsonl: expected 5 lines, one for each epoch that is done")
          == true)
      #expect(log.warnings.first?.contains("being of \(missing);") == true, "\(log.warnings)")
      #expect(try folder.lines("log.csv") == table)
      #expect(try folder.lines("log.jsonl").allSatisfy(whole.contains))
      // It is told again as long as it is so.
      #expect(
        try TrainingLog(folder: folder.path, lines: 5, place: place(2, 3)).warnings == log.warnings)
    }
    let folder = try written()
    for name in ["log.jsonl", "log.csv"] {
      try FileManager.default.removeItem(atPath: "\(folder.path)/\(name)")
    }
    #expect(
      try TrainingLog(folder: folder.path, lines: 5, place: place(2, 3)).warnings.count == 2)
  }

  @Test func theTableIsMadeAgainFromTheLines() throws {
    let folder = try written()
    let table = try folder.lines("log.csv")
    try folder.set("log.csv", [table[0], table[3]])
    #expect(
      try TrainingLog(folder: folder.path, lines: 5, place: place(2, 3)).warnings.isEmpty)
    #expect(try folder.lines("log.csv") == table)
  }

  @Test func linesOfAnOlderFormAreKeptAndOfANewerRefused() throws {
    let folder = try written()
    let lines = try folder.lines("log.jsonl")
    let old = lines.map { $0.replacing("\"formatVersion\":1,", with: "") }
    #expect(old != lines)
    try folder.set("log.jsonl", old)
    #expect(
      try TrainingLog(folder: folder.path, lines: 5, place: place(2, 3)).warnings.isEmpty)
    try folder.set(
      "log.jsonl", lines.map { $0.replacing("\"formatVersion\":1", with: "\"formatVersion\":2") })
    do {
      _ = try TrainingLog(folder: folder.path, lines: 5, place: place(2, 3))
      Issue.record("a newer line was taken")
    } catch let error as Diagnostic {
      #expect(error.code == .newerVersion && error.message.contains("newer calvaria"))
    }
  }
}

extension TemporaryFolder {
  fileprivate func set(_ name: String, _ lines: [String]) throws {
    _ = try write(lines.joined(separator: "\n") + "\n", to: name)
  }
}
