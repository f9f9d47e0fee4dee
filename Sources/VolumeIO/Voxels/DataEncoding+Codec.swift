extension DataEncoding {
  /// The codec of the encoding; nil for elements that are no numbers as decimal text.
  ///
  /// - Parameter valuesPerLine: where lines of text end.
  func codec(for type: ElementType, valuesPerLine: Int = 1) -> (any Codec)? {
    switch self {
    case .raw: RawCodec()
    case .gzip: GzipCodec()
    case .bzip2: BZip2Codec()
    case .hex: HexCodec()
    case .ascii: type.scalarType.map { ASCIICodec(type: $0, valuesPerLine: valuesPerLine) }
    }
  }

  /// Whether stored bytes must be decoded to be counted.
  var isCompressed: Bool { self == .gzip || self == .bzip2 }
}
