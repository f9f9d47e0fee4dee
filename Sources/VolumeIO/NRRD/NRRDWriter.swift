import Errors
import Files
import Volumes

extension NRRDHeader {
  /// The header that states a volume's type and geometry, and nothing else.
  init(of volume: AnyVolume) {
    let geometry = volume.geometry
    type = .scalar(volume.scalarType)
    sizes = [geometry.sizes.x, geometry.sizes.y, geometry.sizes.z]
    space = geometry.space.map { NRRDSpace($0) }
    spaceDimension = space == nil ? 0 : 3
    func list(_ v: SIMD3<Double>) -> [Double] { [v.x, v.y, v.z] }
    switch geometry.placement {
    case .directions:
      spaceDimension = 3
      spaceDirections = (0..<3).map { list(geometry.directions[$0]) }
      spaceOrigin = list(geometry.origin)
      kinds = ["domain", "domain", "domain"]
    case .spacings:
      spacings = (0..<3).map { geometry.directions[$0][$0] }
    case .none: break
    }
  }

  /// The lines of the header, up to the empty one, which is left out.
  ///
  /// - Throws: `Diagnostic` where a text cannot stand in a header.
  func text(dataFile: String?, path: String) throws -> String {
    var text = "NRRD000\(max(version, leastVersion))\n"
    func line(_ field: NRRDField, _ value: String) throws {
      guard !value.unicodeScalars.contains(where: { $0 == "\n" || $0 == "\r" || $0 == "\0" }) else {
        throw Diagnostic(
          .notRepresentable, path, field: field.rawValue, expected: "text on one line",
          found: quoted(value), remedy: "change the text")
      }
      text += "\(field.rawValue): \(value)\n"
    }
    switch type {
    case .scalar(let scalar): try line(.type, NRRDTypeName.canonical(scalar))
    default:
      try line(.type, "block")
      try line(.blockSize, "\(type.byteCount)")
    }
    try line(.dimension, "\(sizes.count)")
    for field in [NRRDField.number, .min, .max] {
      if let value = obsolete[field] { try line(field, value) }
    }
    if let space {
      try line(.space, space.name)
    } else if spaceDimension > 0 {
      try line(.spaceDimension, "\(spaceDimension)")
    }
    try line(.sizes, sizes.map(String.init).joined(separator: " "))
    let perAxis: [(NRRDField, [Double]?)] = [
      (.spacings, spacings), (.thicknesses, thicknesses), (.axisMins, axisMins),
      (.axisMaxs, axisMaxs),
    ]
    for case (let field, let values?) in perAxis {
      // A change of units can make numbers that no reader takes.
      if values.contains(where: { $0.isInfinite || (field == .spacings && $0 == 0) }) {
        throw Self.unusable(field, Self.list(values), path: path)
      }
      try line(field, Self.list(values))
    }
    if let spaceDirections {
      if spaceDirections.contains(where: { $0?.allSatisfy { $0 == 0 } ?? false }) {
        throw Self.unusable(.spaceDirections, Self.vectors(spaceDirections), path: path)
      }
      try line(.spaceDirections, Self.vectors(spaceDirections))
    }
    for case (let field, let vectors?) in [
      (NRRDField.spaceDirections, spaceDirections), (.spaceOrigin, [spaceOrigin]),
      (.measurementFrame, measurementFrame),
    ] where vectors.contains(where: { $0?.contains(where: \.isInfinite) ?? false }) {
      throw Self.unusable(field, Self.vectors(vectors), path: path)
    }
    if let centerings { try line(.centerings, Self.words(centerings)) }
    if let kinds { try line(.kinds, Self.words(kinds)) }
    for case (let field, let values?) in [
      (NRRDField.labels, labels), (.units, units), (.spaceUnits, spaceUnits),
    ] { try line(field, Self.strings(values)) }
    if endianMatters, let endian { try line(.endian, endian.rawValue) }
    try line(.encoding, encoding.rawValue)
    if let spaceOrigin { try line(.spaceOrigin, Self.vectors([spaceOrigin])) }
    if let measurementFrame { try line(.measurementFrame, Self.vectors(measurementFrame)) }
    if let content { try line(.content, content) }
    if let sampleUnits { try line(.sampleUnits, sampleUnits) }
    if let oldMin { try line(.oldMin, NumberText.shortest(oldMin)) }
    if let oldMax { try line(.oldMax, NumberText.shortest(oldMax)) }
    if let dataFile { try line(.dataFile, dataFile) }
    for comment in comments {
      // A line end inside a comment begins a comment of its own.
      let lineEnds: Set<Character> = ["\n", "\r", "\r\n"]
      for part in comment.split(
        omittingEmptySubsequences: false, whereSeparator: { lineEnds.contains($0) })
      {
        text += "# \(part.filter { $0 != "\0" })\n"
      }
    }
    for pair in keyValues { text += try Self.line(pair, path: path) }
    return text
  }

  private static func unusable(
    _ field: NRRDField, _ found: String, path: String
  ) -> Diagnostic {
    Diagnostic(
      .notRepresentable, path, field: field.rawValue,
      expected: "finite numbers, and lengths above 0", found: found,
      remedy: "correct the placement of the input")
  }

  private static func list(_ values: [Double]) -> String {
    values.map(NumberText.shortest).joined(separator: " ")
  }

  private static func vectors(_ values: [[Double]?]) -> String {
    values.map { vector in
      guard let vector else { return "none" }
      return "(" + vector.map(NumberText.shortest).joined(separator: ",") + ")"
    }.joined(separator: " ")
  }

  private static func words(_ values: [String?]) -> String {
    values.map { $0 ?? "???" }.joined(separator: " ")
  }

  private static func strings(_ values: [String]) -> String {
    values.map { value in
      // By scalars: a mark that combines with a quote would hide it.
      var text = "\""
      for scalar in value.unicodeScalars {
        if scalar == "\"" { text += "\\" }
        text.unicodeScalars.append(scalar)
      }
      return text + "\""
    }.joined(separator: " ")
  }

  private static func line(_ pair: ImageInfo.KeyValue, path: String) throws -> String {
    let line = NRRDEscapes.escaped(pair.key) + ":=" + NRRDEscapes.escaped(pair.value)
    // Whatever the reader would not give back as this pair cannot be written.
    guard NRRDHeaderParser.keyValue(in: line) == pair, !line.contains("\0"), !line.contains("\r")
    else {
      throw Diagnostic(
        .notRepresentable, path, field: "key/value",
        expected: "a key that is neither a field nor a comment, without := and carriage returns",
        found: quoted(line), remedy: "rename the key")
    }
    return line + "\n"
  }
}

/// Writes one NRRD file, or a header with a data file.
struct NRRDWriter {
  private let path: String
  private let options: WriteOptions

  private let transfer: Transfer

  init(_ path: String, _ options: WriteOptions, _ transfer: Transfer? = nil) {
    (self.path, self.options) = (path, options)
    self.transfer = transfer ?? Transfer(threads: options.threads)
  }

  /// Writes elements in host byte order under a header whose storage fields are set here.
  func write(_ given: NRRDHeader, _ elements: UnsafeRawBufferPointer) throws {
    try options.checkLevel(path: path)
    var header = given
    header.encoding = options.encoding ?? .gzip
    header.endian = options.endian
    guard let codec = header.encoding.codec(for: header.type, valuesPerLine: header.sizes[0]) else {
      throw Diagnostic(
        .unsupported, path, field: "encoding", expected: "numbers for ascii",
        found: header.type.name, remedy: "choose another encoding")
    }
    let elementSize = header.type.byteCount
    let source = EncodableBytes(
      bytes: elements,
      swapUnit: options.endian == .host || !header.endianMatters ? 1 : header.type.swapUnit,
      elementSize: elementSize, rowSize: elementSize * (header.sizes.first ?? 0))
    let isDetached = path.lowercased().hasSuffix(".nhdr")
    guard isDetached else {
      let text = try header.text(dataFile: nil, path: path) + "\n"
      return try AtomicFile.write(to: path) { sink in
        try sink.write(text)
        try codec.encode(source, level: options.compressionLevel, by: transfer) {
          try sink.write($0)
        }
      }
    }
    let dataPath = path.dropLast(".nhdr".count) + header.encoding.dataFileEnding
    let name = dataPath.split(separator: "/").last.map(String.init) ?? ""
    // Before the data file is touched, so that a text that cannot be written leaves no trace.
    let text = try header.text(dataFile: try dataFileField(name), path: path)
    try AtomicFile.write(to: String(dataPath)) { sink in
      try codec.encode(source, level: options.compressionLevel, by: transfer) {
        try sink.write($0)
      }
    }
    try AtomicFile.write(to: path) { try $0.write(text) }
  }
}

extension NRRDWriter {
  /// What the field `data file` says so that readers, teem and ours, find this name and nothing else.
  ///
  /// - Throws: `Diagnostic` for a name that stands for many.
  private func dataFileField(_ name: String) throws -> String {
    guard FileNamePattern(name) == nil else {
      throw Diagnostic(
        .notRepresentable, path, field: "data file",
        expected: "a name that does not stand for many, as one with %d does", found: quoted(name),
        remedy: "choose another name, or write .nrrd")
    }
    // teem takes whatever begins with LIST for a list, and blanks at the front are dropped.
    let isTaken = name.hasPrefix("LIST") || name.first == " " || name.first == "\t"
    return isTaken ? "./" + name : name
  }
}

extension DataEncoding {
  /// The ending of a data file beside its header, as the specification suggests.
  fileprivate var dataFileEnding: String {
    switch self {
    case .raw: ".raw"
    case .ascii: ".txt"
    case .hex: ".hex"
    case .gzip: ".raw.gz"
    case .bzip2: ".raw.bz2"
    }
  }
}
