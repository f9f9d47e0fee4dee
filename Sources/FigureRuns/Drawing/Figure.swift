import Files
import Pictures

/// A figure: its data, and the gnuplot commands that draw it from them.
struct Figure {
  /// What its files are called, such as `fig-3-curves`.
  var name: String
  /// What it shows, in a sentence.
  var caption: String
  /// The size in pixels of the SVG; the PNG has twice as many each way.
  var size: (width: Int, height: Int)
  /// What is drawn: `NAME.csv`.
  var table: DataTable
  /// Tables beside it, by what follows the name.
  var others: [(suffix: String, table: DataTable)] = []
  /// Pictures that the drawing shows: `NAME-panels.png`.
  var panels: RGBImage?
  /// The commands between `set output` and the end of the page. They read `data`, the name of the table's file, and `panels`;
  /// `column('name')` and `strcol('name')` stand for the columns of the table. gnuplot 5.4 cuts a text at a comma, quoted or not.
  var commands: String

  /// Writes data, pictures and script into a folder.
  ///
  /// - Returns: the files.
  func writeData(into folder: String) throws -> [String] {
    var files = ["\(folder)/\(name).csv"]
    try AtomicFile.write(Array(table.csv.utf8), to: files[0])
    for (suffix, table) in others {
      files.append("\(folder)/\(name)-\(suffix).csv")
      try AtomicFile.write(Array(table.csv.utf8), to: files[files.count - 1])
    }
    if let panels {
      files.append("\(folder)/\(name)-panels.png")
      try AtomicFile.write(PNG.encode(panels), to: files[files.count - 1])
    }
    files.append("\(folder)/\(name).gnuplot")
    try AtomicFile.write(Array(script.utf8), to: files[files.count - 1])
    return files
  }

  /// The files that the script draws.
  func drawings(in folder: String) -> [String] { ["svg", "png"].map { "\(folder)/\(name).\($0)" } }

  /// The whole script; it works in the folder that it lies in.
  var script: String {
    """
    # \(caption)
    # Draws \(name).svg and \(name).png: gnuplot -d \(name).gnuplot
    set encoding utf8
    set datafile separator comma
    set datafile missing ''
    data = '\(name).csv'
    panels = '\(name)-panels.png'
    set linetype 1 linecolor rgb '#0072b2'
    set linetype 2 linecolor rgb '#e69f00'
    set linetype 3 linecolor rgb '#d55e00'
    set linetype 4 linecolor rgb '#009e73'
    set linetype 5 linecolor rgb '#cc79a7'
    set linetype 6 linecolor rgb '#56b4e9'
    set linetype 7 linecolor rgb '#666666'
    set linetype cycle 7
    set style line 90 linecolor rgb '#dddddd' linewidth 1
    set grid linestyle 90
    set border linecolor rgb '#444444'
    set key noenhanced
    do for [kind in "svg png"] {
      if (kind eq 'svg') {
        set terminal svg noenhanced size \(size.width),\(size.height) font 'Helvetica,13' background 'white'
      } else {
        set terminal pngcairo noenhanced size \(2 * size.width),\(2 * size.height) font 'Sans,11' fontscale 2 linewidth 2 pointscale 2
      }
      set output '\(name).' . kind
    \(numbered.split(separator: "\n", omittingEmptySubsequences: false).map { "  \($0)" }.joined(separator: "\n"))
      unset output
    }

    """
  }

  /// The commands with the numbers of columns: gnuplot 5.4 reads the header where it should read a text by a column's name.
  private var numbered: String {
    table.columns.enumerated().reduce(commands) { text, column in
      text.replacing("column('\(column.element)')", with: "column(\(column.offset + 1))")
        .replacing("strcol('\(column.element)')", with: "strcol(\(column.offset + 1))")
    }
  }

  /// A text as a gnuplot string: in single quotes, in which only the quote itself means anything.
  static func quoted(_ text: String) -> String {
    let plain = text.map { $0.isNewline ? " " : $0 }
    return "'" + String(plain).replacing("'", with: "''") + "'"
  }
}
