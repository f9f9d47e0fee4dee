extension Diagnostic {
  /// Bytes as megabytes where they are many, rounded up so that the number can be given back as a
  /// limit.
  public static func megabytes(_ bytes: Int) -> String {
    bytes < 10_000_000
      ? counted(bytes, "byte")
      : "\(bytes / 1_000_000 + (bytes % 1_000_000 == 0 ? 0 : 1)) MB"
  }
}
