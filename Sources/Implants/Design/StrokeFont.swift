/// Capitals and digits made of straight strokes, for labels on parts: two steps or more between strokes that do not meet.
enum StrokeFont {
  /// How high capital letters are, in steps of the grid that they are drawn on.
  static let height = 6.0

  /// Strokes from point to point, each point two digits, its steps to the right and up.
  private static let strokes: [Character: String] = [
    "A": "002640 1232", "B": "00063645443303 3342413000", "C": "4536160501103041",
    "D": "00062644422000", "E": "46060040 0333", "F": "460600 0333",
    "G": "45361605011030414323", "H": "0006 4046 0343", "I": "0020 0626 1016",
    "J": "0110203136", "K": "0006 460340", "L": "060030", "M": "0006234640", "N": "00064046",
    "O": "103041453616050110", "P": "00063645443303", "Q": "103041453616050110 2240",
    "R": "00063645443303 2340", "S": "453616050413334241301001", "T": "0646 2620",
    "U": "060110304146", "V": "062046", "W": "0610345066", "X": "0046 0640", "Y": "062346 2320",
    "Z": "06460040", "0": "102031352616050110", "1": "051610 0020", "2": "05163645440040",
    "3": "0516364544334241301001 1333", "4": "30360242", "5": "460604344341301001",
    "6": "453616050110304142331302", "7": "064610", "8": "13040516364544331302011030414233",
    "9": "011030414536160504133344", "-": "0333", "_": "0040", ".": "00", ",": "1100",
    ":": "01 04", "/": "0046", "+": "0343 2125", "=": "0232 0434", "(": "16050110",
    ")": "06151100", "?": "05163645442322 20", " ": "",
  ]

  /// A character's strokes, as points in steps of the grid, and its width; what is not in the table is drawn as a
  /// question mark.
  static func glyph(_ character: Character) -> (strokes: [[SIMD2<Double>]], width: Double) {
    let text = strokes[character] ?? strokes["?"]!
    let lines = text.split(separator: " ").map { stroke -> [SIMD2<Double>] in
      let digits = stroke.compactMap(\.wholeNumberValue).map(Double.init)
      return stride(from: 0, to: digits.count - 1, by: 2).map { SIMD2(digits[$0], digits[$0 + 1]) }
    }
    let width = lines.joined().map(\.x).max() ?? 2
    return (lines, width)
  }

  /// Whether a character is drawn as itself.
  static func has(_ character: Character) -> Bool { strokes[character] != nil }
}
