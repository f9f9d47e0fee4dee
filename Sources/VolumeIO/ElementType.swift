public import Volumes

/// What one element of a file is: a number, or a group of bytes that only files know.
public enum ElementType: Hashable, Sendable {
  /// One integer or floating-point number.
  case scalar(ScalarType)
  /// NRRD's `block`: so many bytes without meaning.
  case block(Int)
  /// NIfTI's complex number of two floats, 8 bytes.
  case complex64
  /// NIfTI's complex number of two doubles, 16 bytes.
  case complex128
  /// NIfTI's three bytes red, green, blue.
  case rgb24
  /// NIfTI's four bytes red, green, blue, alpha.
  case rgba32

  /// The name in reports: `int8` … `double`, `block`, `complex64`, `complex128`, `rgb24`, `rgba32`.
  public var name: String {
    switch self {
    case .scalar(let type): type.rawValue
    case .block: "block"
    case .complex64: "complex64"
    case .complex128: "complex128"
    case .rgb24: "rgb24"
    case .rgba32: "rgba32"
    }
  }

  /// Bytes of one element as the file stores it unencoded.
  public var byteCount: Int {
    switch self {
    case .scalar(let type): type.byteCount
    case .block(let size): size
    case .complex64: 8
    case .complex128: 16
    case .rgb24: 3
    case .rgba32: 4
    }
  }

  /// Bytes of the number that byte order turns round: 1 where byte order has no meaning.
  public var swapUnit: Int {
    switch self {
    case .scalar(let type): type.byteCount
    case .block, .rgb24, .rgba32: 1
    case .complex64: 4
    case .complex128: 8
    }
  }

  /// The number type, where an element is one number.
  public var scalarType: ScalarType? {
    if case .scalar(let type) = self { type } else { nil }
  }
}

/// The byte order of numbers in a file.
public enum Endianness: String, Hashable, Sendable {
  /// Least significant byte first.
  case little
  /// Most significant byte first.
  case big

  /// The byte order of this machine.
  public static var host: Endianness { 1.littleEndian == 1 ? .little : .big }
}

/// How a file stores its elements; the raw value is NRRD's long name.
public enum DataEncoding: String, Hashable, Sendable {
  /// The bytes as they are in memory, in the byte order of the header.
  case raw
  /// Numbers as decimal text, separated by white space.
  case ascii
  /// Bytes as two hexadecimal digits.
  case hex
  /// Deflate with gzip framing.
  case gzip
  /// One or several bzip2 streams.
  case bzip2
}
