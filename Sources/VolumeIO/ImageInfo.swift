/// The format of a volume file, with its version where files of two versions differ.
public struct ImageFormat: RawRepresentable, Hashable, Sendable {
  /// NRRD0001 to NRRD0005, attached or detached.
  public static let nrrd = ImageFormat(rawValue: "nrrd")
  /// NIfTI-1, one file or a pair.
  public static let nifti1 = ImageFormat(rawValue: "nifti1")
  /// NIfTI-2, one file or a pair.
  public static let nifti2 = ImageFormat(rawValue: "nifti2")

  /// The name in reports: `nrrd`, `nifti1` or `nifti2` here.
  public let rawValue: String

  public init(rawValue: String) { self.rawValue = rawValue }
}

/// What a header says, as `calvaria info --json` prints it.
public struct ImageInfo: Hashable, Sendable {
  /// The file format, with the version of NIfTI.
  public var format: ImageFormat
  /// What one element is: a number for volumes, or a group of bytes.
  public var type: ElementType
  /// Sizes in file order, fastest axis first.
  public var sizes: [Int]
  /// The long lower-case name of the space, or nil.
  public var space: String?
  /// A vector for each axis as the header writes it, nil for `none`; nil as a whole where the header
  /// has none. NIfTI: the columns of the voxel → world matrix.
  public var spaceDirections: [[Double]?]?
  /// The world point of the first voxel, or nil.
  public var spaceOrigin: [Double]?
  /// The distance between samples for each axis, nil where unknown.
  public var spacings: [Double?]
  public var encoding: DataEncoding
  /// The byte order, nil where it has no meaning.
  public var endian: Endianness?
  /// Key/value pairs in file order, unescaped.
  public var keyValues: [KeyValue]
  /// The further fields of the header that are present.
  public var details = Details()

  public struct KeyValue: Hashable, Sendable {
    /// The key, unescaped.
    public var key: String
    /// The value, unescaped; may hold line ends.
    public var value: String

    /// A pair of unescaped texts.
    public init(_ key: String, _ value: String) { (self.key, self.value) = (key, value) }
  }

  /// Fields that few headers have; nil or empty where absent.
  public struct Details: Hashable, Sendable {
    /// What each axis is, nil for unknown.
    public var kinds: [String?]?
    public var labels: [String]?
    public var units: [String]?
    /// `cell` or `node` for each axis, nil for unknown.
    public var centerings: [String?]?
    /// The thickness of a sample along each axis, nil for unknown.
    public var thicknesses: [Double?]?
    /// The position of the first sample along each axis, nil for unknown.
    public var axisMins: [Double?]?
    /// The position of the last sample along each axis, nil for unknown.
    public var axisMaxs: [Double?]?
    /// A unit for each axis of the space.
    public var spaceUnits: [String]?
    /// The columns of the frame that vectors are measured in.
    public var measurementFrame: [[Double]?]?
    /// The unit of the values.
    public var sampleUnits: String?
    /// The smallest value before quantisation.
    public var oldMin: Double?
    /// The largest value before quantisation.
    public var oldMax: Double?
    /// A free description of the image: `content` of NRRD, `descrip` of NIfTI.
    public var content: String?
    /// Comment lines without their mark.
    public var comments: [String] = []

    /// A header with none of these fields.
    public init() {}
  }
}
