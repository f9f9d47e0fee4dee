import Files

extension CasePlan {
  /// Copies the files that were written for the same bytes under another name, and takes them for those of
  /// this case: a file that was renamed costs a copy.
  ///
  /// - Throws: `FileError`.
  mutating func copyFiles(in folder: String, as name: String) throws {
    guard var former, former.name != name else { return }
    for (from, to) in copies {
      guard let place = former.outputs.firstIndex(where: { $0.file == from }) else { continue }
      if former.outputs[place].stamp != nil {
        let target = "\(folder)/\(to)"
        try PipelineRun.makeFolder(
          String(target[..<(target.lastIndex(of: "/") ?? target.endIndex)]))
        try Self.copy("\(folder)/\(from)", to: target)
        former.outputs[place].stamp = FileStamp(target)
      }
      former.outputs[place].file = to
    }
    former.name = name
    self.former = former
    isRenamed = true
  }

  private static func copy(_ source: String, to target: String) throws {
    let file = try InputFile(source)
    try AtomicFile.write(to: target) { sink in
      var place = 0
      while place < file.size {
        let bytes = try file.bytes(at: place, count: 1 << 20)
        guard !bytes.isEmpty else { break }
        try sink.write(bytes)
        place += bytes.count
      }
    }
  }
}
