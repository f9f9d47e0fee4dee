/// Conditions that hold between events; checked in debug builds.
extension BatchState {
  func assertInvariants() {
    assert(invariantBroken == nil, invariantBroken ?? "")
    if load.bytes == 0 { excess = 0 }
  }

  private var invariantBroken: String? {
    let used = open.reduce(delivering) { $0 + $1.memory.used }
    let sum = open.reduce(delivering) { $0 + $1.reserved }
    let running = open.reduce(0) { $0 + $1.running.count }
    if used != load.bytes { return "\(used) bytes in use, \(load.bytes) counted" }
    if sum != reserved { return "\(sum) bytes reserved, \(reserved) counted" }
    if reserved - excess > limits.memoryBytes { return "\(reserved) bytes reserved above limit" }
    if load.bytes - excess > limits.memoryBytes { return "\(load.bytes) bytes in use above limit" }
    if running != load.stages { return "\(running) stages run, \(load.stages) counted" }
    if load.cores + freeCores != limits.width { return "cores were lost" }
    if open.count > limits.openCases { return "\(open.count) cases are open" }
    for item in open where item.memory.used > item.reserved {
      return "\(item.id.name) uses more than it reserved"
    }
    return nil
  }
}
