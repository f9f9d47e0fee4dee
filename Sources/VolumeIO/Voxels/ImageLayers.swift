import Errors
import Volumes

/// The placement of an image of several volumes on one grid, and where a volume's elements lie among the others'.
struct ImageLayers {
  var geometry: Geometry
  /// What is odd about the placement.
  var warnings: [String]
  var count = 1
  /// Elements from one layer to the next.
  var stride = 1
}

extension ParsedImage {
  func layers() throws -> ImageLayers {
    let (geometry, warnings) = try geometry()
    return ImageLayers(geometry: geometry, warnings: warnings)
  }
}

extension ImageLayers {
  /// The voxels of one layer that have a value, as a mask of zeros and ones.
  ///
  /// - Complexity: one pass; a byte a voxel beside the elements.
  func mask(of elements: ElementBuffer, layer: Int, label: Int) -> Volume<UInt8> {
    let source = Source(stride: stride, count: count, layer: layer)
    return Volume<UInt8>(unwrittenOn: geometry) { out in
      elements.withBytes { bytes in
        switch elements.type.scalarType! {
        case .int8: source.mark(Int8.self, bytes, label, out)
        case .uint8: source.mark(UInt8.self, bytes, label, out)
        case .int16: source.mark(Int16.self, bytes, label, out)
        case .uint16: source.mark(UInt16.self, bytes, label, out)
        case .int32: source.mark(Int32.self, bytes, label, out)
        case .uint32: source.mark(UInt32.self, bytes, label, out)
        case .int64: source.mark(Int64.self, bytes, label, out)
        case .uint64: source.mark(UInt64.self, bytes, label, out)
        case .float: source.mark(Float.self, bytes, label, out)
        case .double: source.mark(Double.self, bytes, label, out)
        }
      }
    }
  }

  private struct Source {
    let stride: Int
    let count: Int
    let layer: Int

    @inline(__always)
    func mark<Known: VoxelScalar>(
      _: Known.Type, _ bytes: UnsafeRawBufferPointer, _ label: Int,
      _ out: UnsafeMutableBufferPointer<UInt8>
    ) {
      let elements = bytes.bindMemory(to: Known.self)
      let value = Known(nearest: Double(label))
      // A value that the type cannot hold is nowhere.
      let isThere = value.doubleValue == Double(label)
      for i in out.indices {
        let (block, within) = i.quotientAndRemainder(dividingBy: stride)
        out[i] = isThere && elements[(block * count + layer) * stride + within] == value ? 1 : 0
      }
    }
  }
}
