import Foundation
import Testing

/// Runs the compiler over snippets that use the module as a program would.
@Suite struct WrongEdgeTests {
  @Test func rightEdgesCompile() throws {
    let run = try typecheck("RightEdge")
    #expect(run.status == 0, "\(run.output)")
  }

  @Test(arguments: [
    (
      "WrongEdge", 27,
      "requires the types 'Inputs<Bone, Bone>' and 'Inputs<Bone, Scan>' be equivalent"
    ),
    ("WrongChain", 28, "requires the types 'Inputs<Scan>' and 'Inputs<Bone>' be equivalent"),
  ])
  func wrongEdgesDoNotCompile(snippet: String, line: Int, message: String) throws {
    let run = try typecheck(snippet)
    #expect(run.status == 1)
    let errors = run.output.split(separator: "\n").filter { $0.contains(": error: ") }
    #expect(errors.contains { $0.contains("\(snippet).swift:\(line):") && $0.contains(message) })
    // Nothing but the wrong edge is wrong with the snippet.
    #expect(errors.allSatisfy { $0.contains(":\(line):") }, "\(run.output)")
  }

  private func typecheck(_ snippet: String) throws -> (status: Int32, output: String) {
    let modules = try #require(modulesFolder, "the built modules were not found")
    let fixture = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Fixtures/\(snippet).swift.txt")
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "calvaria-\(snippet)-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let source = folder.appending(path: "\(snippet).swift")
    try FileManager.default.copyItem(at: fixture, to: source)

    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [
      compiler, "-typecheck", "-swift-version", "6", "-I", modules.path(), source.path(),
    ]
    let pipe = Pipe()
    (process.standardOutput, process.standardError) = (pipe, pipe)
    try process.run()
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, output)
  }
}

/// The folder with the modules of this build: beside the test binary, or above it inside a bundle.
private let modulesFolder: URL? = {
  var folder = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
  for _ in 0..<8 {
    folder = folder.deletingLastPathComponent()
    let modules = folder.appending(path: "Modules")
    let module = modules.appending(path: "Dataflow.swiftmodule")
    if FileManager.default.fileExists(atPath: module.path()) { return modules }
  }
  return nil
}()

/// The compiler of the toolchain whose libraries run this test, which can read its modules; else
/// the one on PATH.
private let compiler: String = {
  // TOOLCHAIN/usr/lib/swift/linux/libswiftCore.so
  guard var folder = loadedImage("libswiftCore") else { return "swiftc" }
  for _ in 0..<4 { folder = folder.deletingLastPathComponent() }
  let path = folder.appending(path: "bin/swiftc").path()
  return FileManager.default.isExecutableFile(atPath: path) ? path : "swiftc"
}()

/// The file of a library or bundle of this process.
private func loadedImage(_ name: String) -> URL? {
  guard let maps = try? String(contentsOfFile: "/proc/self/maps", encoding: .utf8) else {
    return nil
  }
  let line = maps.split(separator: "\n").first { $0.contains("/\(name).so") }
  return line.flatMap { $0.firstIndex(of: "/").map($0.suffix(from:)) }
    .map { URL(filePath: String($0)) }
}
