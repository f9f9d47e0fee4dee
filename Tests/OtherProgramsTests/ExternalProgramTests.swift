import Errors
import OtherPrograms
import TestSupport
import Testing

@Suite struct ExternalProgramTests {
  @Test func whatIsNotInPathIsNotFound() {
    #expect(ExternalProgram("no-such-program-\(UInt64.random(in: 0 ... .max))") == nil)
    #expect(ExternalProgram("") == nil && ExternalProgram("/bin/sh") == nil)
    #expect(ExternalProgram("sh")?.path.hasSuffix("/sh") == true)
  }

  @Test func outputErrorsAndStatusAreKept() throws {
    let shell = try #require(ExternalProgram("sh"))
    let outcome = try shell.run(["-c", "echo out; echo err >&2; exit 3"], atMost: 20)
    #expect(outcome.status == 3 && !outcome.isLate)
    #expect(outcome.text == "out\nerr\n" && outcome.lastLine == "err")
  }

  @Test func itWorksInTheFolderWithoutInput() throws {
    let folder = TemporaryFolder()
    let shell = try #require(ExternalProgram("sh"))
    let outcome = try shell.run(["-c", "pwd; cat"], in: folder.path, atMost: 20)
    #expect(outcome.status == 0 && outcome.text.hasSuffix("\(folder.path)\n"))
    let odd = folder("a b'; exit 7")
    #expect(try shell.run(["-c", "mkdir \"$0\"", odd], atMost: 20).status == 0)
    #expect(try shell.run(["-c", "pwd"], in: odd, atMost: 20).text.hasSuffix("\(odd)\n"))
  }

  @Test func whatTakesTooLongIsEndedWithWhatItStarted() throws {
    let shell = try #require(ExternalProgram("sh"))
    let begin = ContinuousClock.now
    let outcome = try shell.run(["-c", "echo begun; sleep 600 & sleep 600"], atMost: 1)
    #expect(outcome.isLate && outcome.status == 128 + 9 && outcome.text == "begun\n")
    // Its output closed, it is ended too.
    #expect(try shell.run(["-c", "exec >&- 2>&-; sleep 600"], atMost: 1).isLate)
    #expect(ContinuousClock.now - begin < .seconds(60))
  }

  @Test func itEndsWhenItIsToldTo() throws {
    let shell = try #require(ExternalProgram("sh"))
    var asked = 0
    let outcome = try shell.run(["-c", "sleep 600"], atMost: 600) {
      asked += 1
      return asked > 3
    }
    #expect(outcome.isLate)
  }

  @Test func ofMuchOutputTheEndIsKept() throws {
    let shell = try #require(ExternalProgram("sh"))
    let outcome = try shell.run(
      ["-c", "i=0; while [ $i -lt 40000 ]; do echo 0123456789; i=$((i+1)); done; echo end"],
      atMost: 60)
    #expect(outcome.lastLine == "end" && outcome.text.utf8.count <= 1 << 18)
  }
}
