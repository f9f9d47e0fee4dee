import Volumes

/// NIfTI's codes of voxel types.
///
/// *Source*: nifti1.h, `DT_*` and `NIFTI_TYPE_*`.
enum NIfTIDataType {
  private static let scalars: [(Int, ScalarType)] = [
    (2, .uint8), (4, .int16), (8, .int32), (16, .float), (64, .double), (256, .int8),
    (512, .uint16), (768, .uint32), (1024, .int64), (1280, .uint64),
  ]

  /// The type of a code, or nil for one this module does not read.
  static func type(_ code: Int) -> ElementType? {
    switch code {
    case 32: .complex64
    case 128: .rgb24
    case 1792: .complex128
    case 2304: .rgba32
    default: scalars.first { $0.0 == code }.map { .scalar($0.1) }
    }
  }

  /// The code of a type, or nil where NIfTI has none.
  static func code(_ type: ElementType) -> Int? {
    switch type {
    case .complex64: 32
    case .rgb24: 128
    case .complex128: 1792
    case .rgba32: 2304
    case .block: nil
    case .scalar(let scalar): scalars.first { $0.1 == scalar }!.0
    }
  }

  /// The name of a code that is defined but not read here.
  static func nameOfUnread(_ code: Int) -> String? {
    [1: "1-bit voxels", 1536: "float128", 2048: "complex256"][code]
  }
}
