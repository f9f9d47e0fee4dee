public import Dataflow
import Volumes

/// A completed skull, and how far at each voxel the next best way of completing lies from it.
public struct ComparedSkull: StageValue {
  public static let kind = "comparison"

  let mask: Mask
  /// In mm; nil where nothing was completed.
  let disagreement: Volume<Float>?

  public var extent: Extent {
    var extent = mask.extent
    extent.bytes += disagreement?.byteCount ?? 0
    return extent
  }
}
