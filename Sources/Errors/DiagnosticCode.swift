extension Diagnostic {
  /// A kind of trouble: a word with hyphens that scripts may compare, such as `not-a-volume`.
  ///
  /// Modules add their own in an extension; those below are shared.
  public struct Code: RawRepresentable, Hashable, Codable, Sendable {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    public init(_ word: String) { rawValue = word }
  }
}

extension Diagnostic.Code {
  // MARK: Files and the system

  /// A file is not there or may not be opened.
  public static let unreadable = Self("unreadable")
  /// A file or its folder cannot be written.
  public static let unwritable = Self("unwritable")
  /// Reading or writing stopped half-way.
  public static let inputOutput = Self("input-output")
  /// The disk or a quota is full.
  public static let diskFull = Self("disk-full")
  /// It may pass by itself: a device or a server did not answer, no descriptor was left.
  public static let transient = Self("transient")
  /// More memory is needed than the limit or the system gives.
  public static let memory = Self("memory")

  // MARK: Formats

  /// The file is in no format that is known here.
  public static let unknownFormat = Self("unknown-format")
  /// The file was written by a newer version of the program.
  public static let newerVersion = Self("newer-version")
  /// Something breaks the rules of the format.
  public static let malformed = Self("malformed")
  public static let missingField = Self("missing-field")
  public static let duplicateField = Self("duplicate-field")
  /// A size overflows, or goes beyond what the file's own bytes justify.
  public static let tooLarge = Self("too-large")
  /// The file ends early.
  public static let truncated = Self("truncated")
  /// A checksum does not fit, or data cannot be decoded.
  public static let corrupt = Self("corrupt")
  /// The file is well-formed but asks for something that is not done here.
  public static let unsupported = Self("unsupported")
  /// A value does not fit the format or type asked for.
  public static let notRepresentable = Self("not-representable")

  // MARK: What the user asked for

  /// An option, a parameter or a configuration file is wrong.
  public static let configuration = Self("configuration")
  /// A parameter of a stage has a value of the right type that cannot be, or two exclude each other.
  public static let badParameter = Self("bad-parameter")
  /// An error that this program did not expect.
  public static let unexpected = Self("unexpected")
}
