import Glibc

/// Files that come with the program: pipelines, the shipped model, the header of the sample CT.
///
/// They lie beside an installed program in `share/calvaria`, or in the checkout that it was built in.
public enum ProgramFiles {
  /// Where a file that comes with the program may lie, the likeliest place first.
  public static func candidates(_ name: String) -> [String] {
    var folder = executableFolder
    var candidates = ["\(folder)/../share/calvaria/\(name)"]
    for _ in 0..<6 {
      candidates.append("\(folder)/\(name)")
      guard let slash = folder.lastIndex(of: "/"), slash != folder.startIndex else { break }
      folder = String(folder[..<slash])
    }
    return candidates
  }

  /// The file of this program.
  public static var executable: String {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
    return String(
      decoding: buffer.prefix(max(0, count)).map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  private static var executableFolder: String {
    let path = executable
    return path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
  }

  /// The file of this name that comes with the program, whatever the working folder holds; nil where there is none.
  public static func own(_ name: String) -> String? {
    candidates(name).first { access($0, R_OK) == 0 }
  }

  /// The file that a path means: the path itself where it is absolute or there is such a file;
  /// otherwise the one of this name that comes with the program, if there is one.
  public static func located(_ path: String) -> String {
    guard !path.hasPrefix("/"), access(path, F_OK) != 0 else { return path }
    return own(path) ?? path
  }
}
