import Files

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The pipeline files that come with the program.
public enum PipelineLibrary {
  /// The file of a pipeline that comes with the program, such as `implant.yaml`.
  ///
  /// An installed program has them in `share/calvaria/pipelines` beside its `bin`; a program in its
  /// build folder finds `pipelines` in the folders above it.
  ///
  /// - Throws: ``PipelineErrors`` where there is none, naming `--pipeline`.
  public static func path(of name: String) throws(PipelineErrors) -> String {
    let tried = candidates("pipelines/\(name)")
    if let found = tried.first(where: { access($0, R_OK) == 0 }) { return found }
    throw PipelineErrors([
      Diagnostic(
        file: name, place: nil, field: "pipeline", expected: "a pipeline file beside the program",
        found: "none in \(tried[0])", remedy: "name one with --pipeline FILE")
    ])
  }

  /// Where a file that comes with the program may lie, the likeliest place first.
  static func candidates(_ name: String) -> [String] {
    var folder = executableFolder
    var candidates = ["\(folder)/../share/calvaria/\(name)"]
    for _ in 0..<6 {
      candidates.append("\(folder)/\(name)")
      guard let slash = folder.lastIndex(of: "/"), slash != folder.startIndex else { break }
      folder = String(folder[..<slash])
    }
    return candidates
  }

  private static var executableFolder: String {
    #if os(Linux)
      var buffer = [CChar](repeating: 0, count: 4096)
      let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
      let path = String(
        decoding: buffer.prefix(max(0, count)).map(UInt8.init(bitPattern:)), as: UTF8.self)
    #else
      let path = CommandLine.arguments[0]
    #endif
    return path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
  }
}
