extension RGBImage {
  /// The picture with lines of capital letters below it; a line that is too long ends with the picture.
  public func withLines(_ lines: [String]) -> RGBImage {
    guard !lines.isEmpty else { return self }
    let (scale, pitch, margin) = (2, 22, 12)
    var page = RGBImage(
      width: width, height: height + lines.count * pitch + margin,
      filledWith: PreviewColours.page)
    page.draw(self, column: 0, row: 0)
    for (number, line) in lines.enumerated() {
      page.write(
        line.uppercased(), column: 16, row: height + margin / 2 + number * pitch, scale: scale)
    }
    return page
  }
}
