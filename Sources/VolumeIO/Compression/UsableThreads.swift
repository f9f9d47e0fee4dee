import Files
import Glibc

/// The number of threads to use by default.
enum UsableThreads {
  /// Processors that this process may run on, at most 8: beyond, the disk and memory decide.
  static let count = max(1, min(8, allowed ?? sysconf(Int32(_SC_NPROCESSORS_ONLN))))

  /// Processors in the affinity mask, which Linux writes as hexadecimal words.
  private static var allowed: Int? {
    var block = [UInt8](repeating: 0, count: 1 << 14)
    guard let file = try? InputFile("/proc/self/status"),
      let got = try? block.withUnsafeMutableBytes({ try file.read(into: $0, at: 0) })
    else { return nil }
    let lines = block[..<got].split(separator: UInt8(ascii: "\n"))
    guard let line = lines.first(where: { $0.starts(with: "Cpus_allowed:".utf8) }) else {
      return nil
    }
    let digits = line.drop { $0 != UInt8(ascii: ":") }
    let count = digits.reduce(0) { sum, digit in
      sum + (Character(UnicodeScalar(digit)).hexDigitValue?.nonzeroBitCount ?? 0)
    }
    return count > 0 ? count : nil
  }
}
