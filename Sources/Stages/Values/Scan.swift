public import Errors
public import Dataflow
public import Skulls
public import Volumes

/// A scan as it was read: voxels of the file's own type, and where they lie in the patient.
public struct Scan: StageValue {
  public static let kind = "scan"

  public var volume: AnyVolume
  /// Whether the voxels are grey values or a mask of bone.
  public var content: ScanContent
  /// Why bone cannot be taken of it without a threshold or a label that the user sets; nil where it can.
  public var doubt: Diagnostic?
  /// What was subtracted from the values of the file to get HU.
  public var offset = 0.0

  public init(volume: AnyVolume, content: ScanContent) {
    (self.volume, self.content) = (volume, content)
  }

  public var extent: Extent {
    volume.geometry.extent(bytesPerVoxel: volume.scalarType.byteCount)
  }
}

extension Mask: StageValue {
  public static var kind: String { "mask" }
  /// One byte per voxel.
  public var extent: Extent { geometry.extent(bytesPerVoxel: 1) }
}

extension Geometry {
  /// The extent of a volume on this grid.
  func extent(bytesPerVoxel: Int) -> Extent {
    .grid(
      voxels: sizes.count, bytesPerVoxel: bytesPerVoxel,
      cubicMillimetres: Double(sizes.count) * voxelVolume)
  }
}
