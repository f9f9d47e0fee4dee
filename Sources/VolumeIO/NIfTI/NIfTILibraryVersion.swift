import CNIfTI
import Glibc

extension VolumeIOLibraries {
  /// The version of libnifti, which tells it only by printing it: standard output leads into a pipe
  /// meanwhile. What another thread prints in that moment is lost, so ask before others print.
  static let nifti: String = {
    var ends: [Int32] = [-1, -1]
    let output = dup(STDOUT_FILENO)
    guard output >= 0, pipe(&ends) == 0 else {
      if output >= 0 { close(output) }
      return "unknown"
    }
    fflush(nil)
    dup2(ends[1], STDOUT_FILENO)
    nifti_disp_lib_version()
    fflush(nil)
    dup2(output, STDOUT_FILENO)
    close(output)
    close(ends[1])
    var line = [UInt8](repeating: 0, count: 256)
    let count = read(ends[0], &line, line.count)
    close(ends[0])
    // NIFTI2_IO version 2.1.0 (18 Jun, 2020), compiled May 31 2022
    let words = String(decoding: line.prefix(max(0, count)), as: UTF8.self).split(separator: " ")
    guard let place = words.firstIndex(of: "version"), place + 1 < words.count else {
      return "unknown"
    }
    return String(words[place + 1])
  }()
}
