package import Errors
import Files
import Foundation

extension RunAccount {
  /// Writes the account as JSON with sorted keys.
  public func write(to path: String) throws {
    try JSONFile.write(self, to: path)
  }

  /// The current time, as accounts write it.
  package static var now: String { Date().formatted(.iso8601) }

  /// What stands in the `run.json` of a folder: the account, or the part of it that a type holds.
  ///
  /// - Throws: `Diagnostic` if there is none, or one of a newer program, or the file is no account of a run.
  package static func read<Part: Decodable>(in folder: String) throws(Diagnostic) -> Part {
    let path = "\(folder)/run.json"
    let file = try InputFile(path)
    let data = Data(try file.bytes(at: 0, count: file.size))
    do {
      let version = try JSONDecoder().decode(Version.self, from: data).formatVersion
      guard version <= formatVersion else {
        throw Diagnostic(
          .newerVersion, path, field: "formatVersion", expected: "at most \(formatVersion)",
          found: "\(version)", remedy: "use the program that wrote it")
      }
      return try JSONDecoder().decode(Part.self, from: data)
    } catch let error as Diagnostic { throw error } catch {
      throw Diagnostic(
        .unreadable, path, field: "account", expected: "an account that calvaria wrote",
        found: "something else", remedy: "name the folder of a run")
    }
  }

  private struct Version: Decodable { let formatVersion: Int }
}
