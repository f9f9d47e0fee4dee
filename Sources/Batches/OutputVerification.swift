import Accounts
import Dataflow
import Dispatch
import Errors
import Files
import Foundation
import Concurrency

/// Whether the files of a run are still the ones that its account lists.
public struct OutputVerification: Sendable {
  /// A file that is missing or changed.
  public struct Finding: Hashable, Sendable {
    /// The path below the folder of the run.
    public var file: String
    /// One line: what was expected, and what was found.
    public var message: String
  }

  /// The number of unchanged files.
  public private(set) var intact = 0
  /// The other files, in order.
  public private(set) var findings: [Finding] = []

  /// Hashes every file that `run.json` in a folder lists.
  ///
  /// - Parameters:
  ///   - begun: called with the number of files before the first is read.
  ///   - looked: called with each file that was looked at, from several threads.
  /// - Throws: `Diagnostic` if there is no account, or one of a newer program, or the file is no account.
  /// - Complexity: reads every file once, several at a time.
  public init(
    of folder: String, jobs: Int,
    begun: (_ count: Int) -> Void = { _ in },
    looked: @escaping @Sendable (_ file: String) -> Void = { _ in }
  ) throws {
    let outputs = try ListedOutputs(in: folder).cases.flatMap(\.outputs)
    begun(outputs.count)
    let looks = Workers.map(outputs.count, threads: jobs) { number in
      defer { looked(outputs[number].file) }
      return Self.look(at: outputs[number], folder)
    }
    for finding in looks.map({ $0! }) {
      if let finding { findings.append(finding) } else { intact += 1 }
    }
  }

  private static func look(at output: ListedOutputs.Output, _ folder: String) -> Finding? {
    let path = "\(folder)/\(output.file)"
    func finding(_ expected: String, _ found: String) -> Finding {
      Finding(
        file: output.file,
        message: "\(path): output: expected \(expected), found \(found); run the batch again")
    }
    guard let sha256 = output.sha256 else {
      return FileStamp(path) == nil ? nil : finding("no file, as there was nothing to write", "one")
    }
    guard let stamp = FileStamp(path) else {
      return finding("a file of \(counted(output.bytes ?? 0, "byte"))", "none")
    }
    if let bytes = output.bytes, stamp.size != bytes {
      return finding(counted(bytes, "byte"), "\(stamp.size)")
    }
    do {
      let present = try InputFile(path).sha256()
      return present == sha256 ? nil : finding("SHA-256 \(sha256)", present)
    } catch { return finding("a file that can be read", "\(error)") }
  }
}
