package import Errors
import Files
import Foundation

/// The log of a training: `log.jsonl` with everything an epoch measured, `log.csv` with the main
/// columns.
///
/// A line of `log.jsonl` is an object with a field `formatVersion`; lines without one are of version 1.
package final class TrainingLog {
  package static let jsonName = "log.jsonl"
  package static let csvName = "log.csv"
  /// The version of a line; a reader that meets a newer one must refuse it.
  package static let formatVersion = 1
  private static let columns = [
    "stage", "epoch", "dice_loss", "kld", "loss", "training_dice", "validation_dice",
    "validation_dice_loss", "validation_kld", "active_units", "information_bound", "information",
    "gradient_norm", "rate", "beta", "best", "seconds",
  ]

  private let json: LineFile
  private let csv: LineFile
  /// What the log lacks of the epochs that are done, a sentence a file.
  package let warnings: [String]

  /// Opens the log of a folder with the lines of the epochs that are done; others, such as a killed
  /// training leaves behind its checkpoint, are cut off.
  ///
  /// Rows that `log.csv` lacks are made from `log.jsonl`. What is in neither is lost: the log then has
  /// a gap, and ``warnings`` say so.
  ///
  /// - Parameters:
  ///   - lines: epochs that are done, in all training stages.
  ///   - place: where the training continues.
  /// - Throws: `Diagnostic`.
  package init(folder: String, lines: Int, place: TrainingPlace) throws {
    let done = DoneEpochs(lines: lines, place: place)
    let jsonPath = "\(folder)/\(Self.jsonName)"
    let csvPath = "\(folder)/\(Self.csvName)"
    let head = Self.columns.joined(separator: ",")
    let decoder = Self.decoder
    let kept = try done.kept(of: lines > 0 ? LineFile.lines(jsonPath) : []) { line in
      guard let mark = try? decoder.decode(Mark.self, from: Data(line.utf8)) else { return nil }
      try mark.requireKnownVersion(jsonPath)
      return Epoch(stage: mark.stage, number: mark.epoch)
    }
    var rows = try done.kept(of: lines > 0 ? LineFile.lines(csvPath) : []) { row in
      let fields = row.split(separator: ",", omittingEmptySubsequences: false)
      guard fields.count == Self.columns.count, let stage = Int(fields[0]),
        let epoch = Int(fields[1])
      else { return nil }
      return Epoch(stage: stage, number: epoch)
    }
    for (epoch, line) in kept where rows[epoch] == nil {
      if let record = try? decoder.decode(EpochRecord.self, from: Data(line.utf8)) {
        rows[epoch] = Self.row(record)
      }
    }
    warnings = [(Self.jsonName, kept), (Self.csvName, rows)].compactMap { name, there in
      done.firstMissing(in: there).map {
        "\(folder)/\(name): expected \(counted(lines, "line")), one for each epoch that is done, found "
          + "\(there.count), the first that is missing being of stage \($0.stage), epoch \($0.number); "
          + "the log goes on with the gap, the training as if there were none"
      }
    }
    func sorted(_ there: [Epoch: String]) -> [String] {
      there.sorted { $0.key < $1.key }.map(\.value)
    }
    json = try LineFile(jsonPath, lines: sorted(kept))
    csv = try LineFile(csvPath, lines: [head] + sorted(rows))
  }

  /// The epochs that the log of a folder has, in their order; lines that are none are passed over.
  ///
  /// - Throws: `Diagnostic` where there is no log.
  package static func records(in folder: String) throws(Diagnostic) -> [EpochRecord] {
    let path = "\(folder)/\(jsonName)"
    let file = try InputFile(path)
    let text = String(decoding: try file.bytes(at: 0, count: file.size), as: UTF8.self)
    let decoder = decoder
    var records: [EpochRecord] = []
    for line in text.split(separator: "\n") {
      let data = Data(line.utf8)
      guard let mark = try? decoder.decode(Mark.self, from: data) else { continue }
      try mark.requireKnownVersion(path)
      if let record = try? decoder.decode(EpochRecord.self, from: data) { records.append(record) }
    }
    return records
  }

  private static var decoder: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return decoder
  }

  /// What of a line is read to know whose it is.
  private struct Mark: Decodable {
    var formatVersion: Int?
    var stage: Int
    var epoch: Int

    func requireKnownVersion(_ path: String) throws(Diagnostic) {
      guard let formatVersion, formatVersion > TrainingLog.formatVersion else { return }
      throw Diagnostic(
        .newerVersion, path, field: "formatVersion",
        expected: "at most \(TrainingLog.formatVersion)", found: "\(formatVersion)",
        remedy: "it was written by a newer calvaria; update the program")
    }
  }

  /// A record with the version of its form.
  private struct Line: Encodable {
    let record: EpochRecord

    private enum Key: String, CodingKey { case formatVersion }

    func encode(to encoder: any Encoder) throws {
      try record.encode(to: encoder)
      var container = encoder.container(keyedBy: Key.self)
      try container.encode(TrainingLog.formatVersion, forKey: .formatVersion)
    }
  }

  /// Appends an epoch.
  ///
  /// - Throws: `Diagnostic` such as a full disk.
  package func append(_ record: EpochRecord) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    try json.append(String(decoding: try encoder.encode(Line(record: record)), as: UTF8.self))
    try csv.append(Self.row(record))
  }

  private static func row(_ record: EpochRecord) -> String {
    func text(_ number: Double?) -> String { number.map { "\($0)" } ?? "" }
    return [
      "\(record.stage)", "\(record.epoch)", text(record.diceLoss), text(record.kld),
      text(record.loss), text(record.trainingDice), text(record.validationDice),
      text(record.validationDiceLoss), text(record.validationKLD),
      record.activeUnits.map(String.init) ?? "", text(record.informationBound),
      text(record.information), text(record.gradientNorm), text(record.rate), text(record.beta),
      record.isBest ? "1" : "0", text(record.seconds),
    ].joined(separator: ",")
  }
}

/// An epoch of a training stage.
private struct Epoch: Hashable, Comparable {
  var stage: Int
  var number: Int

  static func < (a: Epoch, b: Epoch) -> Bool { (a.stage, a.number) < (b.stage, b.number) }
}

/// The epochs that a checkpoint has behind it.
private struct DoneEpochs {
  /// How many of stage 1 and of stage 2.
  let counts: [Int]

  init(lines: Int, place: TrainingPlace) {
    counts = place.stage == 1 ? [lines, 0] : [lines - place.epoch, place.epoch]
  }

  private func has(_ epoch: Epoch) -> Bool {
    (1...2).contains(epoch.stage) && (0..<max(0, counts[epoch.stage - 1])).contains(epoch.number)
  }

  /// The lines that belong to these epochs, of several the first.
  func kept(of lines: [String], epoch: (String) throws -> Epoch?) rethrows -> [Epoch: String] {
    var kept: [Epoch: String] = [:]
    for line in lines {
      if let epoch = try epoch(line), has(epoch), kept[epoch] == nil { kept[epoch] = line }
    }
    return kept
  }

  /// The first epoch without a line.
  func firstMissing(in kept: [Epoch: String]) -> Epoch? {
    for stage in 1...2 {
      for number in 0..<max(0, counts[stage - 1]) {
        let epoch = Epoch(stage: stage, number: number)
        if kept[epoch] == nil { return epoch }
      }
    }
    return nil
  }
}

/// A file that lines are appended to.
private final class LineFile {
  private let path: String
  private let descriptor: Int32

  /// The whole lines of a file; none where there is no file.
  static func lines(_ path: String) throws -> [String] {
    guard access(path, F_OK) == 0 else { return [] }
    let file = try InputFile(path)
    let text = String(decoding: try file.bytes(at: 0, count: file.size), as: UTF8.self)
    // What is behind the last line's end is no line.
    return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
  }

  init(_ path: String, lines: [String]) throws {
    self.path = path
    try AtomicFile.write(Array(lines.map { $0 + "\n" }.joined().utf8), to: path)
    descriptor = open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
    guard descriptor >= 0 else { throw Self.error(path) }
  }

  deinit { close(descriptor) }

  func append(_ line: String) throws {
    let bytes = Array((line + "\n").utf8)
    var done = 0
    while done < bytes.count {
      let written = bytes[done...].withUnsafeBytes { write(descriptor, $0.baseAddress!, $0.count) }
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { throw Self.error(path) }
      done += written
    }
  }

  private static func error(_ path: String) -> Diagnostic {
    Diagnostic(
      .unwritable, path, field: "output", expected: "to append a line",
      found: String(cString: strerror(errno)), remedy: "free space, then go on with --resume")
  }
}
