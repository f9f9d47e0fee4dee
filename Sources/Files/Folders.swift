public import Errors
import Glibc

/// Folders for outputs, and the files that paths stand for.
public enum Folders {
  /// The file that a path stands for, links followed; nil where there is none.
  public static func realPath(_ path: String) -> String? {
    guard let real = realpath(path, nil) else { return nil }
    defer { free(real) }
    return String(cString: real)
  }

  /// Makes a folder and those above it, where they are missing.
  ///
  /// - Throws: `Diagnostic` that says what the system says.
  public static func make(_ path: String) throws(Diagnostic) {
    let ends = path.indices.dropFirst().filter { path[$0] == "/" } + [path.endIndex]
    var number: Int32 = 0
    for end in ends where mkdir(String(path[..<end]), 0o777) != 0 && errno != EEXIST {
      number = errno
      break
    }
    var status = stat()
    guard number != 0 || stat(path, &status) != 0 || status.st_mode & S_IFMT != S_IFDIR else {
      return
    }
    let found = number == 0 ? "a file" : String(cString: strerror(number))
    throw Diagnostic(
      Diagnostic.Code(number, otherwise: .unwritable), path, field: "output folder",
      expected: "a folder that can be made and written", found: found,
      remedy: "choose another with -o")
  }
}
