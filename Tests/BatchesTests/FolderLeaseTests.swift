import Concurrency
import Errors
import Files
import Foundation
import TestSupport
import Testing

@testable import Batches

@Suite struct FolderLeaseTests {
  private static func part(of count: Int, method: String = "a", cases: String = "b") -> FolderUse {
    FolderUse(kind: .part(of: count), method: method, cases: cases)
  }

  private func claim(
    _ name: String, _ folder: TemporaryFolder, for use: FolderUse = part(of: 2),
    timing: FolderLease.Timing = .init(), waits: Bool = false,
    notice: @escaping (String) -> Void = { _ in }
  ) throws -> FolderLease {
    try FolderLease(
      name, for: use, in: folder.path, of: "out", timing: timing, waits: waits, notice: notice)
  }

  /// What is said where the claim is refused; nil if it is not.
  private func refusal(
    _ name: String, _ folder: TemporaryFolder, for use: FolderUse = part(of: 2),
    timing: FolderLease.Timing = .init(), waits: Bool = false
  ) throws -> String? {
    do {
      _ = try claim(name, folder, for: use, timing: timing, waits: waits)
      return nil
    } catch let held as FolderLease.Held {
      return "\(held.diagnostics)"
    }
  }

  private func names(_ folder: TemporaryFolder) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
  }

  /// A claim that another process has left, so many seconds ago.
  private func leave(
    _ name: String, _ folder: TemporaryFolder, place: String? = "elsewhere", process: Int,
    secondsAgo: Double = 0
  ) throws {
    let place = place.map { #""\#($0)""# } ?? "null"
    // By a machine of the same name, as two may have.
    let text =
      #"{"holder": {"host": "\#(ProcessIdentity.own.host)", "place": \#(place), "process": \#(process), "began": "1"}, "#
      + #""token": "a", "since": "2026-01-01T00:00:00Z", "use": {"kind": {"part": {"of": 2}}, "method": "a", "cases": "b"}}"#
    let path = folder.write(text.utf8, name)
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSinceNow: -secondsAgo)], ofItemAtPath: path)
  }

  @Test func oneProcessHasItUntilItLetsGo() throws {
    let folder = TemporaryFolder()
    do {
      let lease = try claim("1-of-2", folder)
      let text = try #require(try refusal("1-of-2", folder))
      // Who has it, and since when.
      #expect(text.contains("another process in it (\(getpid()) on "), "\(text)")
      #expect(text.contains(", 1-of-2, since 20"), "\(text)")
      let other = try claim("2-of-2", folder)
      #expect(lease.isHeld() && other.isHeld())
    }
    #expect(try refusal("1-of-2", folder) == nil)
    #expect(try names(folder).isEmpty)
  }

  @Test func whatIsDoneAtATimeIsAlike() throws {
    let folder = TemporaryFolder()
    let lease = try claim("1-of-2", folder)
    for (name, use, expected) in [
      ("whole", FolderUse(kind: .whole), "no other run"),
      ("1-of-3", Self.part(of: 3), "parts of one number"),
      ("2-of-2", Self.part(of: 2, method: "c"), "the same pipeline and settings"),
      ("2-of-2", Self.part(of: 2, cases: "c"), "the same cases"),
    ] {
      let text = try #require(try refusal(name, folder, for: use), "\(name)")
      #expect(text.contains(expected) && text.contains("1-of-2, since 20"), "\(text)")
    }
    #expect(try refusal("2-of-2", folder) == nil)
    #expect(try refusal("merge", folder, for: FolderUse(kind: .merge)) == nil)
    // Nothing is left of the claims that were given up.
    #expect(try names(folder) == ["1-of-2"])
    withExtendedLifetime(lease) {}
  }

  @Test func theRuleIsTheSameBothWays() {
    let uses = [
      FolderUse(kind: .whole), FolderUse(kind: .merge), Self.part(of: 2), Self.part(of: 3),
      Self.part(of: 2, method: "c"), Self.part(of: 2, cases: "c"),
    ]
    for a in uses {
      for b in uses {
        #expect((a.conflict(with: b) == nil) == (b.conflict(with: a) == nil), "\(a) \(b)")
      }
    }
  }

  @Test func aDeadProcessOfThisMachineLosesItAtOnce() throws {
    let folder = TemporaryFolder()
    let place = try #require(ProcessNumbers.place)
    try leave("a", folder, place: place, process: 4_194_303)
    #expect(try refusal("a", folder) == nil)
    // The number is used again by a process that began at another time.
    try leave("b", folder, place: place, process: Int(getpid()))
    #expect(try refusal("b", folder) == nil)
  }

  @Test func aProcessElsewhereLosesItWhenItIsSilent() throws {
    let folder = TemporaryFolder()
    // Its number here, and the name of its machine, say nothing.
    for place in ["elsewhere", nil] {
      try leave("a", folder, place: place, process: 4_194_303)
      #expect(try refusal("a", folder) != nil)
      try leave("a", folder, place: place, process: 4_194_303, secondsAgo: 300)
      #expect(try refusal("a", folder) == nil)
    }
  }

  @Test func aClaimFromElsewhereIsWatchedUntilItIsRenewedOrOld() throws {
    let folder = TemporaryFolder()
    let timing = FolderLease.Timing(renewal: 0.04, patience: 0.4)
    try leave("a", folder, process: 1)
    let notices = Guarded<[String]>([])
    let begin = ContinuousClock.now
    let lease = try claim("a", folder, timing: timing, waits: true) { notice in
      notices.withLock { $0.append(notice) }
    }
    #expect(ContinuousClock.now - begin > .seconds(0.3))
    #expect(notices.withLock { $0 }.count == 1 && lease.isHeld())
    // Another process that wants it now must not take it for old.
    #expect(try refusal("a", folder, timing: timing) != nil)

    // A claim that keeps it out is watched too; its process renews it.
    try leave("1-of-3", folder, process: 1)
    let renewed = "\(folder.path)/1-of-3"
    let ends = Guarded(false)
    let thread = SystemThread {
      while !ends.withLock({ $0 }) {
        utimensat(AT_FDCWD, renewed, nil, 0)
        usleep(40_000)
      }
    }
    #expect(
      try refusal("whole", folder, for: .init(kind: .whole), timing: timing, waits: true) != nil)
    ends.withLock { $0 = true }
    thread.detach()
  }

  @Test func whoWasPausedNoticesThatItWasTaken() throws {
    let folder = TemporaryFolder()
    let lease = try claim("1-of-2", folder)
    #expect(lease.isHeld())
    try leave("1-of-2", folder, process: 7)
    #expect(!lease.isHeld())
    let error = #expect(throws: Diagnostics.self) { try lease.require() }
    #expect(
      "\(error.map { "\($0)" } ?? "")".contains("taken over by 7 on "),
      "\(String(describing: error))")
    // It leaves the other's claim alone.
    lease.release()
    #expect(try names(folder) == ["1-of-2"])
    unlink("\(folder.path)/1-of-2")
    #expect(!lease.isHeld())
  }

  @Test func ofManyAtOnceOneHasIt() throws {
    for round in 0..<20 {
      let folder = TemporaryFolder()
      if round % 2 == 0 {
        try leave("a", folder, place: ProcessNumbers.place, process: 4_194_303)
      }
      let leases = Workers.map(8, threads: 8) { _ in
        try? FolderLease("a", for: Self.part(of: 2), in: folder.path, of: "out")
      }
      // Of a dead process's claim, two may for an instant both be sure; afterwards one knows that it has it.
      let held = leases.compactMap { $0 ?? nil }.filter { $0.isHeld() }
      #expect(held.count == 1, "\(held.count) in round \(round)")
    }
  }
}
