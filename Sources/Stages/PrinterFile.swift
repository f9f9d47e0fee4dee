import Errors
import Files
public import Implants
import Settings
import Glibc

/// Files of printers: those that come with the program, by their names, and others by their paths.
public enum PrinterFile {
  static let version = 1
  static let maximumBytes = 1 << 20
  /// The printers that come with the program.
  public static let names = ["fdm-0.4", "sla-0.05", "sls", "ti-ebm"]

  /// The profile of a printer.
  ///
  /// - Parameter name: one of ``names``, or the path of a file.
  /// - Throws: ``Diagnostics`` with every mistake of the file; `Diagnostic` where there is none.
  public static func profile(_ name: String) throws -> PrinterProfile {
    let path = names.contains(name) ? located(name) : name
    let file = try InputFile(path)
    guard file.size <= maximumBytes else {
      throw Diagnostic(
        .configuration, path, field: "file", expected: "a printer file of at most 1 MiB",
        found: "\(file.size) bytes",
        remedy: "name a printer (\(names.joined(separator: ", "))) or its file")
    }
    return try profile(yaml: try file.bytes(at: 0, count: file.size), path: path)
  }

  /// The profile in the bytes of a file.
  static func profile(yaml bytes: [UInt8], path: String) throws(Diagnostics) -> PrinterProfile {
    var reader = try SettingsReader(
      yaml: bytes, path: path, noun: "printer", version: version, sections: [], overrides: [])
    let name = reader.text("printer", required: true)
    _ = reader.text("summary")
    let wall = reader.number("wall", 0.01...100, required: true)
    let plate = reader.sizes("plate", required: true)
    let cavities = reader.choice("cavities", ["true", "false"], required: true)
    try reader.finish()
    return PrinterProfile(
      name: name ?? "", wall: wall ?? 0, plate: SIMD3<Double>(plate ?? .zero),
      allowsCavities: cavities == "true")
  }

  private static func located(_ name: String) -> String {
    let places = ProgramFiles.candidates("printers/\(name).yaml")
    return places.first { access($0, R_OK) == 0 } ?? places[0]
  }
}
