import Glibc
import Files

/// What this process may use of the machine, within the limits of a container and an affinity mask.
public enum HostResources {
  /// Cores that this process may run on: affinity, bounded by the cgroup's CPU quota, at least 1.
  public static var usableCores: Int {
    var cores = allowedCores.isEmpty ? sysconf(Int32(_SC_NPROCESSORS_ONLN)) : allowedCores.count
    if let quota = cgroupQuota { cores = min(cores, max(1, Int(quota.rounded(.up)))) }
    return max(1, cores)
  }

  /// Bytes that a run may plan with: 75 % of the available memory, or of what the cgroup's limit or
  /// `ulimit -v` leaves, if that is less.
  public static var plannedMemory: Int {
    var available = availableMemory ?? physicalMemory
    if let limit = cgroupMemoryLimit { available = min(available, limit) }
    if let limit = addressSpaceLimit { available = min(available, limit) }
    return available / 4 * 3
  }

  /// Peak bytes of physical memory of this process.
  public static var peakResidentBytes: Int {
    // Not `ru_maxrss`, which a process inherits from its parent.
    return text("/proc/self/status").flatMap { kilobytes("VmHWM:", in: $0) } ?? 0
  }

  /// Bytes of physical memory that this process holds now.
  public static var residentBytes: Int {
    text("/proc/self/status").flatMap { kilobytes("VmRSS:", in: $0) } ?? 0
  }

  /// Resets ``peakResidentBytes``, if the system can.
  package static func forgetPeak() {
    let file = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC)
    guard file >= 0 else { return }
    _ = write(file, "5", 1)
    close(file)
  }

  /// The numbers of the cores in the affinity mask, which the kernel writes as hexadecimal words, the highest first:
  /// `ffffffff,0000000f`. Empty where it cannot be read.
  public static var allowedCores: [Int] {
    guard let status = text("/proc/self/status"),
      let line = status.split(separator: "\n").first(where: { $0.hasPrefix("Cpus_allowed:") })
    else { return [] }
    let digits = line.drop { $0 != ":" }.compactMap(\.hexDigitValue).reversed()
    return digits.enumerated().flatMap { place, digit in
      (0..<4).filter { digit >> $0 & 1 != 0 }.map { 4 * place + $0 }
    }
  }

  /// What is left of the limit of this process's address space; nil if there is no limit.
  ///
  /// Measured once, at the first call, so ask before any thread is started: what threads map later differs
  /// from run to run, and then so would the memory that a run may plan with.
  public static let addressSpaceLimit: Int? = {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0 else { return nil }
    guard limit.rlim_cur < 1 << 60 else { return nil }
    let mapped = text("/proc/self/status").flatMap { kilobytes("VmSize:", in: $0) } ?? 0
    return max(0, Int(limit.rlim_cur) - mapped)
  }()

  private static var physicalMemory: Int {
    Int(sysconf(Int32(_SC_PHYS_PAGES))) * Int(sysconf(Int32(_SC_PAGESIZE)))
  }

  private static var availableMemory: Int? {
    text("/proc/meminfo").flatMap { kilobytes("MemAvailable:", in: $0) }
  }

  /// What is left of the memory limit of the process's cgroup (version 2 or 1).
  private static var cgroupMemoryLimit: Int? {
    for (limit, used) in [
      ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
      (
        "/sys/fs/cgroup/memory/memory.limit_in_bytes",
        "/sys/fs/cgroup/memory/memory.usage_in_bytes"
      ),
    ] {
      // Version 1 writes "no limit" as a number near 2⁶³.
      if let limit = number(limit), limit < 1 << 60 { return max(0, limit - (number(used) ?? 0)) }
    }
    return nil
  }

  private static var cgroupQuota: Double? {
    if let text = text("/sys/fs/cgroup/cpu.max") {
      let parts = text.split { $0 == " " || $0 == "\n" }.map { Double($0) }
      if parts.count == 2, let quota = parts[0], let period = parts[1], period > 0 {
        return quota / period
      }
      return nil
    }
    guard let quota = number("/sys/fs/cgroup/cpu/cpu.cfs_quota_us"), quota > 0,
      let period = number("/sys/fs/cgroup/cpu/cpu.cfs_period_us"), period > 0
    else { return nil }
    return Double(quota) / Double(period)
  }

  private static func kilobytes(_ key: String, in text: String) -> Int? {
    for line in text.split(separator: "\n") where line.hasPrefix(key) {
      return line.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 * 1024 }
    }
    return nil
  }

  private static func number(_ path: String) -> Int? {
    text(path).flatMap { Int($0.split(separator: "\n").first ?? "") }
  }

  /// The text of a small file of the kernel, whose size is stated as 0.
  private static func text(_ path: String) -> String? {
    guard let file = try? InputFile(path) else { return nil }
    let bytes = [UInt8](unsafeUninitializedCapacity: 1 << 14) { buffer, count in
      count = (try? file.read(into: UnsafeMutableRawBufferPointer(buffer), at: 0)) ?? 0
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
