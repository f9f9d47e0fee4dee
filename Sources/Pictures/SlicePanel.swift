import Volumes

/// One slice of the preview: grey values, bone and implant, with the letters of the patient's sides.
struct SlicePanel {
  let plane: SlicePlane
  let title: String

  /// Draws the panel.
  ///
  /// - Parameter scan: grey values in HU under the masks; without them bone is flat.
  func draw(scan: AnyVolume?, bone: Mask, implant: Mask) -> RGBImage {
    let greys = scan.map { plane.values(of: $0) }
    let boneShare = plane.coverage(of: bone)
    let implantShare = plane.coverage(of: implant)
    var picture = RGBImage(
      width: plane.width, height: plane.height, filledWith: PreviewColours.background)
    for pixel in 0..<plane.width * plane.height {
      let grey = greys.map { Self.windowed($0[pixel]) } ?? nil
      var colour = SIMD3<Float>(PreviewColours.background)
      if let grey { colour = SIMD3(repeating: grey * 255) }
      // On a scan some of its structure shows through the bone.
      let boneColour =
        grey.map { SIMD3<Float>(PreviewColours.bone) * (0.55 + 0.45 * $0) }
        ?? SIMD3<Float>(PreviewColours.bone)
      colour += (boneColour - colour) * (Float(boneShare[pixel]) / 4)
      colour += (SIMD3<Float>(PreviewColours.implant) - colour) * (Float(implantShare[pixel]) / 4)
      picture[pixel % plane.width, pixel / plane.width] = RGBImage.Colour(colour)
    }
    PanelLettering(axes: plane.axes, title: title).draw(on: &picture)
    return picture
  }

  /// A grey value in the bone window, −500 … 1500 HU, as 0 … 1; nil outside the scan.
  private static func windowed(_ value: Float) -> Float? {
    value.isNaN ? nil : min(max((value + 500) / 2000, 0), 1)
  }
}

/// The colours that the preview's panels share.
enum PreviewColours {
  static let background = RGBImage.Colour(12, 12, 14)
  static let page = RGBImage.Colour(32, 33, 36)
  static let bone = RGBImage.Colour(232, 226, 208)
  static let implant = RGBImage.Colour(255, 200, 0)
  static let lettering = RGBImage.Colour(150, 205, 255)
}

extension SIMD3<Float> {
  /// The three parts, 0 … 255.
  init(_ colour: RGBImage.Colour) {
    self.init(Float(colour.red), Float(colour.green), Float(colour.blue))
  }
}

extension RGBImage.Colour {
  /// The nearest colour to three parts of 0 … 255.
  init(_ parts: SIMD3<Float>) {
    let p = (parts + 0.5).clamped(lowerBound: .zero, upperBound: SIMD3(repeating: 255))
    self.init(UInt8(p.x), UInt8(p.y), UInt8(p.z))
  }
}

/// What is written on a panel: its title and the letters of the patient's sides.
struct PanelLettering {
  let axes: ViewAxes
  let title: String

  func draw(on picture: inout RGBImage) {
    let (w, h) = (picture.width, picture.height)
    let scale = 3
    let (gw, gh) = (BitmapFont.glyphWidth * scale, BitmapFont.glyphHeight * scale)
    let margin = 10
    let letters = [
      (ViewAxes.letter(of: -axes.right), margin, (h - gh) / 2),
      (ViewAxes.letter(of: axes.right), w - margin - gw, (h - gh) / 2),
      (ViewAxes.letter(of: axes.up), (w - gw) / 2, margin),
      (ViewAxes.letter(of: -axes.up), (w - gw) / 2, h - margin - gh),
    ]
    for (letter, column, row) in letters {
      picture.write(
        letter, column: column, row: row, scale: scale, colour: PreviewColours.lettering)
    }
    for (line, text) in title.split(separator: "\n").enumerated() {
      picture.write(String(text), column: margin, row: margin + line * 20, scale: 2)
    }
  }
}
