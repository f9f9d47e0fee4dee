import Foundation
import TestSupport
import Testing

/// The program as a process: what scripts see of it.
struct Calvaria {
  /// What a run left behind.
  struct Outcome {
    var status: Int32
    var output: String
    var errors: String

    /// The lines of standard error.
    var errorLines: [String] { errors.split(separator: "\n").map(String.init) }
  }

  /// The program: what CALVARIA names, else the product beside the tests.
  static let path: String = {
    if let path = ProcessInfo.processInfo.environment["CALVARIA"], !path.isEmpty { return path }
    // The test bundle lies in the folder of the products; its path is among the arguments.
    for argument in CommandLine.arguments + [Bundle.main.bundlePath] {
      guard let range = argument.range(of: "/calvariaPackageTests.xctest") else { continue }
      return argument[..<range.lowerBound] + "/calvaria"
    }
    return Bundle.main.bundlePath + "/calvaria"
  }()

  /// The top of the repository.
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  /// Runs the program to its end, or kills it after `seconds` (status then −1).
  ///
  /// - Parameters:
  ///   - limit: kilobytes of address space, as `ulimit -v` sets them.
  ///   - environment: variables beside those that the tests have.
  static func run(
    _ arguments: [String], seconds: Double = 120, limit: Int? = nil,
    environment: [String: String] = [:]
  ) throws -> Outcome {
    let process = Process()
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    if let limit {
      process.executableURL = URL(filePath: "/bin/sh")
      process.arguments = ["-c", "ulimit -v \(limit); exec \"$0\" \"$@\"", path] + arguments
    } else {
      process.executableURL = URL(filePath: path)
      process.arguments = arguments
    }
    let folder = TemporaryFolder()
    let output = try folder.handle("output")
    let errors = try folder.handle("errors")
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    let deadline = Date(timeIntervalSinceNow: seconds)
    while process.isRunning, Date() < deadline { usleep(5000) }
    let isLate = process.isRunning
    if isLate { kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
    return Outcome(
      status: isLate
        ? -1
        : process.terminationReason == .exit
          ? process.terminationStatus : 128 + process.terminationStatus,
      output: try String(contentsOfFile: folder.path + "/output", encoding: .utf8),
      errors: try String(contentsOfFile: folder.path + "/errors", encoding: .utf8))
  }

  static func run(_ arguments: String..., limit: Int? = nil) throws -> Outcome {
    try run(arguments, limit: limit)
  }
}
