public import Volumes

/// Many shapes in one picture: each a sagittal slice through the middle (front to the left) and an
/// axial one at 60 % of the height (front up, the patient's right to the left), grey by probability.
public enum ContactSheet {
  /// A row of shapes; of each only its picture is kept.
  public struct Row: Sendable {
    /// What stands before it, in the letters of the sheet's font: capitals, digits, `.,-:`.
    public var label: String
    /// The pictures, from left to right.
    public private(set) var tiles: [RGBImage] = []

    public init(label: String) { self.label = label }

    /// Draws a shape at the end of the row.
    ///
    /// - Precondition: the grid runs along LPS.
    public mutating func append(_ shape: Volume<Float>) { tiles.append(tile(shape)) }
  }

  /// Pixels for a millimetre.
  private static let scale = 0.6

  /// Draws rows below each other.
  ///
  /// - Parameter columns: what stands above the columns.
  /// - Precondition: there is a shape.
  /// - Complexity: O(pixels): some 35 000 a shape.
  public static func render(_ rows: [Row], columns: [String]) -> RGBImage {
    let tiles = rows.map(\.tiles)
    let width = tiles.joined().map(\.width).max() ?? 1
    let height = tiles.joined().map(\.height).max() ?? 1
    let left = 12 + (rows.map { BitmapFont.width(of: $0.label, scale: 2) }.max() ?? 0)
    let top = columns.allSatisfy(\.isEmpty) ? 8 : 28
    let count = tiles.map(\.count).max() ?? 1
    var sheet = RGBImage(
      width: left + max(1, count) * (width + 6), height: top + max(1, rows.count) * (height + 6),
      filledWith: RGBImage.Colour(24, 24, 28))
    for (n, label) in columns.enumerated() {
      sheet.write(label, column: left + n * (width + 6) + 4, row: 8)
    }
    for (n, row) in tiles.enumerated() {
      let y = top + n * (height + 6)
      sheet.write(rows[n].label, column: 6, row: y + height / 2 - 7)
      for (k, tile) in row.enumerated() { sheet.draw(tile, column: left + k * (width + 6), row: y) }
    }
    return sheet
  }

  private static func tile(_ shape: Volume<Float>) -> RGBImage {
    let n = shape.sizes
    let mm = shape.geometry.spacing * SIMD3(Double(n.x), Double(n.y), Double(n.z))
    func pixels(_ length: Double) -> Int { max(1, min(2000, Int((length * scale).rounded()))) }
    let (nx, ny, nz) = (pixels(mm.x), pixels(mm.y), pixels(mm.z))
    var image = RGBImage(width: ny + 4 + nx, height: max(ny, nz))
    let middle = n.x / 2
    let level = min(n.z - 1, n.z * 3 / 5)
    func index(_ pixel: Int, _ pixels: Int, _ cells: Int) -> Int {
      min(cells - 1, (2 * pixel + 1) * cells / (2 * pixels))
    }
    func grey(_ value: Float) -> RGBImage.Colour {
      let v = UInt8(max(0, min(1, value.isNaN ? 0 : value)) * 235 + 10)
      return RGBImage.Colour(v, v, v)
    }
    for row in 0..<nz {
      let z = n.z - 1 - index(row, nz, n.z)
      for column in 0..<ny { image[column, row] = grey(shape[middle, index(column, ny, n.y), z]) }
    }
    for row in 0..<ny {
      let y = index(row, ny, n.y)
      for column in 0..<nx {
        image[ny + 4 + column, row] = grey(shape[index(column, nx, n.x), y, level])
      }
    }
    return image
  }
}
