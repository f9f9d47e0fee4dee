import Errors
import OtherPrograms
import Glibc

/// The program that draws.
struct Gnuplot {
  private let program: ExternalProgram
  private let shouldStop: () -> Bool

  /// How long a figure may take, in seconds.
  private static let limit = 120

  /// - Throws: `Diagnostic` where gnuplot is not installed.
  init(shouldStop: @escaping () -> Bool) throws(Diagnostic) {
    guard let program = ExternalProgram("gnuplot") else {
      throw Diagnostic(
        .unreadable, "gnuplot", field: "program", expected: "it in a folder of PATH", found: "none",
        remedy:
          "install it (Debian, Ubuntu: apt-get install gnuplot-nox), or write the data alone with --data"
      )
    }
    (self.program, self.shouldStop) = (program, shouldStop)
  }

  /// Draws a figure whose data are in the folder.
  ///
  /// - Throws: `Diagnostic` with gnuplot's last line where it does not draw.
  func draw(_ figure: Figure, in folder: String) throws(Diagnostic) {
    for file in figure.drawings(in: folder) { unlink(file) }
    let script = "\(figure.name).gnuplot"
    let outcome = try program.run(
      // Without the settings of the user.
      ["-d", script], in: folder, atMost: Self.limit, shouldStop: shouldStop)
    var status = stat()
    let isDrawn = figure.drawings(in: folder).allSatisfy {
      stat($0, &status) == 0 && status.st_size > 0
    }
    guard outcome.status == 0, !outcome.isLate, isDrawn else {
      // What is only half drawn must not be taken for a figure.
      for file in figure.drawings(in: folder) { unlink(file) }
      throw Diagnostic(
        .unwritable, "\(folder)/\(script)", field: "gnuplot", expected: "a figure as SVG and PNG",
        found: outcome.isLate
          ? "none after \(Self.limit) s" : outcome.lastLine.isEmpty ? "none" : outcome.lastLine,
        remedy: "run `gnuplot -d \(script)` in that folder; it needs the terminals svg and pngcairo"
      )
    }
  }
}
