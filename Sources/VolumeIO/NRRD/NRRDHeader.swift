import Volumes

/// Every field of an NRRD header, as the header states it.
///
/// *Source*: teem's "Definition of NRRD File Format"; section numbers in the parser refer to it.
struct NRRDHeader: Sendable {
  /// 1 to 5; the number behind `NRRD000` in the first line.
  var version = 4
  var type: ElementType = .scalar(.uint8)
  var sizes: [Int] = []
  var encoding = DataEncoding.raw
  var endian: Endianness?
  var lineSkip = 0
  var byteSkip = 0
  var dataFile = DataFile.attached

  var space: NRRDSpace?
  /// Coordinates of a world point; 0 where the header names no space.
  var spaceDimension = 0
  var spaceDirections: [[Double]?]?
  var spaceOrigin: [Double]?
  var spaceUnits: [String]?
  var measurementFrame: [[Double]?]?

  // Per axis; NaN stands for unknown.
  var spacings: [Double]?
  var thicknesses: [Double]?
  var axisMins: [Double]?
  var axisMaxs: [Double]?
  var centerings: [String?]?
  var kinds: [String?]?
  var labels: [String]?
  var units: [String]?

  var content: String?
  var sampleUnits: String?
  var oldMin: Double?
  var oldMax: Double?
  var comments: [String] = []
  var keyValues: [ImageInfo.KeyValue] = []
  /// What `number`, `min` and `max` say; it has no meaning any more and is only handed on.
  var obsolete: [NRRDField: String] = [:]

  /// The line of each field, for errors found later.
  var lines: [NRRDField: Int] = [:]
  var warnings: [String] = []

  /// Where the elements are.
  enum DataFile: Hashable, Sendable {
    /// Behind the header, in the same file.
    case attached
    /// In other files, in order; each holds an equal part.
    case names([String])
  }

  /// The oldest version of the format that has all fields of this header.
  ///
  /// *Source*: section 1.1, "Format versions and magics".
  var leastVersion: Int {
    if measurementFrame != nil { return 5 }
    if thicknesses != nil || space != nil || spaceDimension > 0 || sampleUnits != nil { return 4 }
    if kinds != nil { return 3 }
    return keyValues.isEmpty ? 1 : 2
  }

  /// Whether byte order matters for the elements as they are stored.
  var endianMatters: Bool { type.swapUnit > 1 && encoding != .ascii }
}

/// A value of the field `space`.
enum NRRDSpace: Hashable, Sendable {
  /// Three coordinates of space, and perhaps time as a fourth.
  case solid(Space, hasTime: Bool)
  /// Two coordinates of a picture, of which nobody says how it lies in space.
  case plane(Plane)

  /// The spaces of two dimensions; the raw value is the long name.
  enum Plane: String, CaseIterable, Sendable {
    case rightUp = "right-up"
    case rightDown = "right-down"
  }

  init(_ spatial: Space, hasTime: Bool = false) { self = .solid(spatial, hasTime: hasTime) }

  /// What three coordinates mean; nil where there are two.
  var spatial: Space? { if case .solid(let spatial, _) = self { spatial } else { nil } }
  /// Whether time is a fourth coordinate.
  var hasTime: Bool { if case .solid(_, let hasTime) = self { hasTime } else { false } }

  /// Coordinates of a world point.
  var dimension: Int {
    switch self {
    case .solid(_, let hasTime): hasTime ? 4 : 3
    case .plane: 2
    }
  }

  /// The canonical name.
  var name: String {
    switch self {
    case .solid(let spatial, let hasTime): spatial.rawValue + (hasTime ? "-time" : "")
    case .plane(let plane): plane.rawValue
    }
  }

  /// Reads a name or an abbreviation in any case; words may be joined by `-`, blanks or nothing.
  init?(_ text: String) {
    let wanted = Self.squeezed(text)
    if wanted == "scannerxyzt" {
      self.init(.scannerXYZ, hasTime: true)
      return
    }
    if let plane = Plane.allCases.first(where: { Self.squeezed($0.rawValue) == wanted }) {
      self = .plane(plane)
      return
    }
    for spatial in Space.allCases {
      let short = spatial.abbreviation?.lowercased()
      let long = Self.squeezed(spatial.rawValue)
      if wanted == long || wanted == short {
        self.init(spatial)
        return
      }
      if wanted == long + "time" || wanted == short.map({ $0 + "t" }) {
        self.init(spatial, hasTime: true)
        return
      }
    }
    return nil
  }

  private static func squeezed(_ text: String) -> String {
    text.lowercased().filter { $0 != "-" && $0 != " " }
  }
}

/// The fields of the format; the raw value is the canonical name.
enum NRRDField: String, CaseIterable, Sendable {
  case content, number, type
  case blockSize = "block size"
  case dimension, space
  case spaceDimension = "space dimension"
  case sizes, spacings, thicknesses
  case axisMins = "axis mins"
  case axisMaxs = "axis maxs"
  case spaceDirections = "space directions"
  case centerings, kinds, labels, units, min, max
  case oldMin = "old min"
  case oldMax = "old max"
  case endian, encoding
  case lineSkip = "line skip"
  case byteSkip = "byte skip"
  case sampleUnits = "sample units"
  case spaceUnits = "space units"
  case spaceOrigin = "space origin"
  case measurementFrame = "measurement frame"
  case dataFile = "data file"

  /// Names in any case; two-word names may be written as one word.
  static let byName: [String: NRRDField] = {
    var names: [String: NRRDField] = ["centers": .centerings]
    for field in allCases {
      names[field.rawValue] = field
      names[field.rawValue.filter { $0 != " " }] = field
    }
    return names
  }()
}

/// The names of the types, as teem knows them; any case.
enum NRRDTypeName {
  static let byName: [String: ScalarType] = {
    let names: [(ScalarType, [String])] = [
      (.int8, ["signed char", "int8", "int8_t"]),
      (.uint8, ["uchar", "unsigned char", "uint8", "uint8_t"]),
      (.int16, ["short", "short int", "signed short", "signed short int", "int16", "int16_t"]),
      (.uint16, ["ushort", "unsigned short", "unsigned short int", "uint16", "uint16_t"]),
      (.int32, ["int", "signed int", "int32", "int32_t"]),
      (.uint32, ["uint", "unsigned int", "uint32", "uint32_t"]),
      (
        .int64,
        [
          "longlong", "long long", "long long int", "signed long long", "signed long long int",
          "int64", "int64_t",
        ]
      ),
      (
        .uint64,
        ["ulonglong", "unsigned long long", "unsigned long long int", "uint64", "uint64_t"]
      ),
      (.float, ["float"]), (.double, ["double"]),
    ]
    return Dictionary(uniqueKeysWithValues: names.flatMap { type, list in list.map { ($0, type) } })
  }()

  /// The name that every reader knows: teem, pynrrd, ITK.
  static func canonical(_ type: ScalarType) -> String {
    switch type {
    case .int8: "int8"
    case .uint8: "uint8"
    case .int16: "int16"
    case .uint16: "uint16"
    case .int32: "int32"
    case .uint32: "uint32"
    case .int64: "int64"
    case .uint64: "uint64"
    case .float: "float"
    case .double: "double"
    }
  }
}

/// What an axis can be, with the size that the kind demands; teem's names and aliases, any case.
enum NRRDKind {
  static let sizes: [String: Int?] = [
    "domain": nil, "space": nil, "time": nil, "list": nil, "point": nil, "vector": nil,
    "covariant-vector": nil, "normal": nil, "stub": 1, "scalar": 1, "complex": 2, "2-vector": 2,
    "3-color": 3, "RGB-color": 3, "HSV-color": 3, "XYZ-color": 3, "4-color": 4, "RGBA-color": 4,
    "3-vector": 3, "3-gradient": 3, "3-normal": 3, "4-vector": 4, "quaternion": 4,
    "2D-symmetric-matrix": 3, "2D-masked-symmetric-matrix": 4, "2D-matrix": 4,
    "2D-masked-matrix": 5, "3D-symmetric-matrix": 6, "3D-masked-symmetric-matrix": 7,
    "3D-matrix": 9, "3D-masked-matrix": 10,
  ]

  /// From lower-case name or alias to canonical name.
  static let byName: [String: String] = {
    var names: [String: String] = [
      "contravariant-vector": "vector", "rgbcolor": "RGB-color", "rgb": "RGB-color",
      "hsvcolor": "HSV-color", "hsv": "HSV-color", "rgbacolor": "RGBA-color", "rgba": "RGBA-color",
    ]
    for name in sizes.keys {
      let lower = name.lowercased()
      names[lower] = name
      // "2D-masked-symmetric-matrix" is also "…-sym-matrix", "…-symmetric-tensor", "…-sym-tensor".
      guard lower.hasSuffix("-matrix") else { continue }
      let stem = lower.dropLast("matrix".count)
      names[stem + "tensor"] = name
      if stem.hasSuffix("symmetric-") {
        let short = stem.dropLast("metric-".count) + "-"
        names[short + "matrix"] = name
        names[short + "tensor"] = name
      }
    }
    return names
  }()
}
