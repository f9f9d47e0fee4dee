/// A picture of 8-bit red, green and blue.
///
/// *Memory order*: rows from the top, pixels from the left, three bytes a pixel, no padding.
/// *Units*: sRGB.
public struct RGBImage: Sendable, Equatable {
  /// Pixels a row.
  public let width: Int
  /// Rows.
  public let height: Int
  /// `width · height · 3` bytes.
  public var bytes: [UInt8]

  /// A colour; also what drawing mixes.
  public struct Colour: Hashable, Sendable {
    public var red, green, blue: UInt8

    /// A colour of its three parts.
    public init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
      (self.red, self.green, self.blue) = (red, green, blue)
    }
  }

  /// A picture of one colour.
  ///
  /// - Precondition: both sizes are positive.
  public init(width: Int, height: Int, filledWith colour: Colour = Colour(0, 0, 0)) {
    precondition(width > 0 && height > 0, "a picture without pixels")
    self.width = width
    self.height = height
    bytes = [UInt8](unsafeUninitializedCapacity: width * height * 3) { bytes, count in
      for pixel in 0..<width * height {
        bytes[3 * pixel] = colour.red
        bytes[3 * pixel + 1] = colour.green
        bytes[3 * pixel + 2] = colour.blue
      }
      count = width * height * 3
    }
  }

  /// One pixel; column from the left, row from the top.
  public subscript(column: Int, row: Int) -> Colour {
    get {
      let i = 3 * (row * width + column)
      return Colour(bytes[i], bytes[i + 1], bytes[i + 2])
    }
    set {
      let i = 3 * (row * width + column)
      bytes[i] = newValue.red
      bytes[i + 1] = newValue.green
      bytes[i + 2] = newValue.blue
    }
  }

  /// Fills a rectangle, cut at the borders of the picture.
  public mutating func fill(columns: Range<Int>, rows: Range<Int>, with colour: Colour) {
    for row in rows.clamped(to: 0..<height) {
      for column in columns.clamped(to: 0..<width) { self[column, row] = colour }
    }
  }

  /// Copies a picture to a place, cut at the borders of this one.
  public mutating func draw(_ picture: RGBImage, column: Int, row: Int) {
    for y in max(0, -row)..<max(max(0, -row), min(picture.height, height - row)) {
      for x in max(0, -column)..<max(max(0, -column), min(picture.width, width - column)) {
        self[column + x, row + y] = picture[x, y]
      }
    }
  }
}
