import Concurrency
import Errors
import Foundation
import TestSupport
import Testing

@testable import Batches

@Suite struct FolderLeaseTests {
  private func claim(
    _ name: String, _ folder: TemporaryFolder, excludes: (String) -> Bool = { _ in false }
  ) throws -> FolderLease {
    try FolderLease(name, in: folder.path, to: "out", for: "run", excludes: excludes)
  }

  private func isRefused(_ name: String, _ folder: TemporaryFolder) throws -> Bool {
    do {
      _ = try claim(name, folder)
      return false
    } catch let errors as Diagnostics {
      #expect("\(errors)".contains("another process in it ("), "\(errors)")
      return true
    }
  }

  /// A claim that another process has left, so many seconds ago.
  private func leave(
    _ name: String, _ folder: TemporaryFolder, host: String, boot: String, process: Int,
    secondsAgo: Double = 0
  ) throws {
    let text =
      #"{"holder": {"host": "\#(host)", "boot": "\#(boot)", "process": \#(process), "began": "1"}, "token": "a"}"#
    let path = folder.write(text.utf8, name)
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSinceNow: -secondsAgo)], ofItemAtPath: path)
  }

  @Test func oneProcessHasItUntilItLetsGo() throws {
    let folder = TemporaryFolder()
    do {
      let lease = try claim("1-of-2", folder)
      #expect(try isRefused("1-of-2", folder))
      #expect(FolderLease.living(in: folder.path) == ["1-of-2"])
      let other = try claim("2-of-2", folder)
      withExtendedLifetime((lease, other)) {}
    }
    #expect(FolderLease.living(in: folder.path).isEmpty)
    #expect(try !isRefused("1-of-2", folder))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
  }

  @Test func someExcludeOthers() throws {
    let folder = TemporaryFolder()
    let lease = try claim("whole", folder)
    #expect(throws: Diagnostics.self) { try claim("1-of-2", folder) { $0 == "whole" } }
    // Nothing is left of the claim that was given up.
    #expect(FolderLease.living(in: folder.path) == ["whole"])
    withExtendedLifetime(lease) {}
  }

  @Test func aDeadProcessOfThisMachineLosesItAtOnce() throws {
    let folder = TemporaryFolder()
    let own = ProcessIdentity.own
    try leave("a", folder, host: own.host, boot: own.boot, process: 4_194_303)
    #expect(try !isRefused("a", folder))
    // The number is used again by a process that began at another time.
    try leave("b", folder, host: own.host, boot: own.boot, process: Int(getpid()))
    #expect(try !isRefused("b", folder))
  }

  @Test func aProcessElsewhereLosesItWhenItIsSilent() throws {
    let folder = TemporaryFolder()
    try leave("a", folder, host: "elsewhere", boot: "x", process: 1)
    #expect(try isRefused("a", folder))
    try leave("a", folder, host: "elsewhere", boot: "x", process: 1, secondsAgo: 300)
    #expect(try !isRefused("a", folder))
    // Before the machine was started anew.
    try leave("b", folder, host: ProcessIdentity.own.host, boot: "x", process: 1, secondsAgo: 300)
    #expect(try !isRefused("b", folder))
  }

  @Test func ofManyAtOnceOneHasIt() throws {
    for round in 0..<20 {
      let folder = TemporaryFolder()
      if round % 2 == 0 {
        try leave(
          "a", folder, host: ProcessIdentity.own.host, boot: ProcessIdentity.own.boot,
          process: 4_194_303)
      }
      let leases = Workers.map(8, threads: 8) { _ in
        try? FolderLease("a", in: folder.path, to: "out", for: "run") { _ in false }
      }
      // Of a dead process's claim, two may for an instant both be sure; this is what the claim's own text says.
      let held = leases.compactMap { $0 ?? nil }
      #expect(round % 2 == 0 ? (1...2).contains(held.count) : held.count == 1, "\(held.count)")
    }
  }
}
