import BareCodecs
import Foundation
import VolumeIO
import Volumes

// Makes the volumes of the tables, and times reading and writing one request a line of standard
// input, so that whoever asks can take turns with other programs:
//
//   make FOLDER                    mask.nrrd and ct.nrrd, raw
//   read FILE THREADS              seconds
//   load FILE                      holds a file's voxels for writing; no answer but "ok"
//   write FILE THREADS             seconds; writes what is held, the encoding by the name
//   bare FILE                      seconds of ISA-L and of libdeflate alone
//   peak                           kB resident at most so far

/// Seconds that `body` takes.
func seconds(_ body: () throws -> Void) rethrows -> Double {
  let start = DispatchTime.now().uptimeNanoseconds
  try body()
  return Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9
}

func answer(_ line: [Substring], _ held: inout AnyVolume?) throws -> String {
  let name = line.count > 1 ? String(line[1]) : ""
  let threads = line.count > 2 ? Int(line[2]) : nil
  switch line[0] {
  case "make":
    let raw = WriteOptions(encoding: .raw)
    try VolumeFile.write(
      AnyVolume(BenchmarkVolumes.mask()), to: name + "/mask.nrrd", options: raw)
    try VolumeFile.write(AnyVolume(BenchmarkVolumes.ct()), to: name + "/ct.nrrd", options: raw)
    return "ok"
  case "read":
    var volume: AnyVolume?
    let time = try seconds {
      volume = try ImageFile(opening: name, options: ReadOptions(threads: threads)).volume()
    }
    return "\(time) \(volume!.byteCount)"
  case "load":
    held = try ImageFile(opening: name).volume()
    return "ok"
  case "write":
    guard let held else { return "nothing is held" }
    let encoding: DataEncoding? = name.contains("-raw") ? .raw : name.contains("-bz2") ? .bzip2 : nil
    let time = try seconds {
      try VolumeFile.write(
        held, to: name, options: WriteOptions(encoding: encoding, threads: threads))
    }
    return "\(time)"
  case "bare":
    let file = try Data(contentsOf: URL(fileURLWithPath: name))
    let stored = file[file.range(of: Data([10, 10]))!.upperBound...]
    let image = try ImageFile(opening: name)
    let count = image.info.sizes.reduce(image.info.type.byteCount, *)
    return stored.withUnsafeBytes { bytes in
      let start = bytes.bindMemory(to: UInt8.self).baseAddress!
      return "\(bare_isal(start, bytes.count, count)) \(bare_libdeflate(start, bytes.count, count))"
    }
  case "peak":
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
    return line.filter(\.isNumber)
  default: return "unknown request"
  }
}

var held: AnyVolume?
while let line = readLine() {
  var text: String
  do { text = try answer(line.split(separator: " "), &held) } catch { text = "error \(error)" }
  FileHandle.standardOutput.write(Data((text + "\n").utf8))
}
