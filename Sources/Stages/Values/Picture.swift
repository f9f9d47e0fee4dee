public import Pictures
public import Dataflow

extension RGBImage: StageValue {
  public static var kind: String { "picture" }
  /// Three bytes per pixel.
  public var extent: Extent { Extent(bytes: 3 * width * height) }
}
