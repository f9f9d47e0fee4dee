import Accounts
import ArgumentParser

/// A number of bytes on the command line: `800000000`, `800MB`, `0.8GB`, `512MiB`.
struct ByteCount: ExpressibleByArgument {
  let bytes: Int

  init?(argument: String) {
    let units: [(String, Double)] = [
      ("kib", 1024), ("mib", 1_048_576), ("gib", 1_073_741_824), ("tb", 1e12), ("kb", 1e3),
      ("mb", 1e6),
      ("gb", 1e9), ("k", 1e3), ("m", 1e6), ("g", 1e9), ("b", 1), ("", 1),
    ]
    let text = argument.lowercased()
    guard let (unit, factor) = units.first(where: { text.hasSuffix($0.0) }),
      let number = Double(text.dropLast(unit.count)), number.isFinite, number > 0,
      number * factor >= 1, number * factor < 1e18
    else { return nil }
    bytes = Int(number * factor)
  }
}

extension ByteCount {
  /// - Throws: `ValidationError` if `ulimit -v` leaves less than this for `--memory`.
  func requireAddresses() throws {
    guard let limit = HostResources.addressSpaceLimit, bytes > limit else { return }
    throw ValidationError(
      "--memory: expected at most the \(limit / 1_000_000) MB that `ulimit -v` leaves, found "
        + "\(bytes / 1_000_000) MB; ask for less or raise the limit")
  }
}
