public import Errors

/// The devices that networks can run on.
///
/// ```swift
/// let engine = try Engines.standard.first.make()
/// ```
public struct Engines: Sendable {
  /// The devices of this package. A new one adds its declaration to this list.
  public static let standard = Engines(CPUEngine.declaration)

  /// What is taken where neither pipeline nor command line names a device.
  public let first: EngineDeclaration
  private let others: [EngineDeclaration]

  /// Devices.
  ///
  /// - Precondition: each has a name of its own.
  public init(_ first: EngineDeclaration, _ others: EngineDeclaration...) {
    (self.first, self.others) = (first, others)
    precondition(Set(names).count == names.count, "two devices of one name")
  }

  /// The names of the devices, the one that is taken by default first.
  public var names: [String] { ([first] + others).map(\.name) }

  /// The device of a name; nil where there is none.
  public subscript(name: String) -> EngineDeclaration? {
    ([first] + others).first { $0.name == name }
  }

  /// The device of a name, or the default device for nil.
  ///
  /// - Throws: ``Diagnostic`` that lists the devices where there is none of this name.
  public func device(_ name: String?) throws(Diagnostic) -> EngineDeclaration {
    guard let name else { return first }
    guard let device = self[name] else {
      throw Diagnostic(
        .badParameter, field: "device", expected: "one of \(names.joined(separator: ", "))",
        found: name,
        remedy: nearestName(to: name, among: names).map { "did you mean \($0)?" }
          ?? "name one of them")
    }
    return device
  }
}
