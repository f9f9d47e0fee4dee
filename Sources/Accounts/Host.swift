import Glibc

extension RunAccount {
  /// The machine of a run. Times depend on it, and the last bits of results if its instruction set differs.
  public struct Host: Codable, Sendable {
    public var name: String
    /// System, release and processor, such as `Linux 6.1.0 x86_64`.
    public var system: String
    /// Cores that the process may use.
    public var usableCores: Int

    /// This machine.
    public init() {
      var names = utsname()
      uname(&names)
      func text<Field>(_ field: Field) -> String {
        withUnsafeBytes(of: field) { bytes in
          String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
      }
      name = text(names.nodename)
      system = "\(text(names.sysname)) \(text(names.release)) \(text(names.machine))"
      usableCores = HostResources.usableCores
    }
  }
}
