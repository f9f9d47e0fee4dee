/// A file format of surfaces: what its files are called, how they are written and read.
public struct MeshFormat: Sendable {
  /// Hands the bytes of a file, in order, to a sink; throws what the format cannot hold, and what
  /// the sink throws.
  public typealias Encoder =
    @Sendable (
      MeshDocument, MeshWriteOptions, _ sink: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> Void
  /// Reads the bytes of a whole file.
  public typealias Decoder = @Sendable (UnsafeRawBufferPointer) throws -> MeshDocument

  /// Its name, such as `stl`.
  public let name: String
  /// The endings of its files in small letters with their dots, the usual one first.
  public let endings: [String]
  /// Whether it has a form in text, or another order of bytes; others ignore these options.
  public let forms: Set<MeshWriteOptions.Form>
  /// Whether its files say the names and notes of a document.
  public let holdsNotes: Bool
  /// Writes a document as a whole file, to a sink.
  public let encode: Encoder
  /// Reads a document from the bytes of a whole file.
  public let decode: Decoder

  public init(
    name: String, endings: [String], forms: Set<MeshWriteOptions.Form> = [],
    holdsNotes: Bool = true, encode: @escaping Encoder, decode: @escaping Decoder
  ) {
    (self.name, self.endings, self.forms) = (name, endings, forms)
    self.holdsNotes = holdsNotes
    (self.encode, self.decode) = (encode, decode)
  }
}

/// A list of file formats of surfaces.
public struct MeshFormats: Sendable {
  /// The formats that the program knows: a new one is a line here.
  public static let standard = MeshFormats([.stl, .threeMF, .ply, .obj])

  /// The formats; the first is the default for writing.
  public let all: [MeshFormat]

  /// A list of formats whose endings differ.
  public init(_ all: [MeshFormat]) { self.all = all }

  /// The endings of all formats, in their order.
  public var endings: [String] { all.flatMap(\.endings) }

  /// The format of files with this name, in whatever case; nil where it has no such ending.
  public func format(of fileName: String) -> MeshFormat? {
    let name = fileName.lowercased()
    return all.first { format in
      format.endings.contains { name.hasSuffix($0) && name.utf8.count > $0.utf8.count }
    }
  }
}
