import Files
import Foundation
import ShapeModels

/// The log of a training: `log.jsonl` with everything an epoch measured, `log.csv` with the main
/// columns.
final class TrainingLog {
  static let jsonName = "log.jsonl"
  static let csvName = "log.csv"
  private static let columns = [
    "stage", "epoch", "dice_loss", "kld", "loss", "training_dice", "validation_dice",
    "validation_dice_loss", "validation_kld", "active_units", "information_bound", "information",
    "gradient_norm", "rate", "beta", "best", "seconds",
  ]

  private let json: LineFile
  private let csv: LineFile

  /// Opens the log of a folder with its first lines, as many as epochs are done; the others, which a
  /// killed training left, are cut off.
  ///
  /// - Throws: `FileError`.
  init(folder: String, lines: Int) throws {
    json = try LineFile("\(folder)/\(Self.jsonName)", keeping: lines, header: nil)
    csv = try LineFile(
      "\(folder)/\(Self.csvName)", keeping: lines, header: Self.columns.joined(separator: ","))
  }

  /// Appends an epoch.
  ///
  /// - Throws: `FileError` such as a full disk.
  func append(_ record: EpochRecord) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    try json.append(String(decoding: try encoder.encode(record), as: UTF8.self))
    func text(_ number: Double?) -> String { number.map { "\($0)" } ?? "" }
    let fields = [
      "\(record.stage)", "\(record.epoch)", text(record.diceLoss), text(record.kld),
      text(record.loss), text(record.trainingDice), text(record.validationDice),
      text(record.validationDiceLoss), text(record.validationKLD),
      record.activeUnits.map(String.init) ?? "", text(record.informationBound),
      text(record.information), text(record.gradientNorm), text(record.rate), text(record.beta),
      record.isBest ? "1" : "0", text(record.seconds),
    ]
    try csv.append(fields.joined(separator: ","))
  }
}

/// A file that lines are appended to.
private final class LineFile {
  private let path: String
  private let descriptor: Int32

  init(_ path: String, keeping count: Int, header: String?) throws {
    self.path = path
    var lines: [Substring] = []
    if count > 0, access(path, F_OK) == 0 {
      let file = try InputFile(path)
      let text = String(decoding: try file.bytes(at: 0, count: file.size), as: UTF8.self)
      // What is behind the last line's end is no line.
      lines = Array(text.split(separator: "\n", omittingEmptySubsequences: false).dropLast())
      if header != nil { lines = Array(lines.dropFirst()) }
      lines = Array(lines.prefix(count))
    }
    if let header { lines.insert(header[...], at: 0) }
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

  private static func error(_ path: String) -> FileError {
    FileError(
      .unwritable, path: path,
      message: "output: expected to append a line, found \(String(cString: strerror(errno))); "
        + "free space, then go on with --resume")
  }
}
