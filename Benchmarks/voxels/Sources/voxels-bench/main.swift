// Times operations on voxels; `compare` runs it against other tools.
//
//   voxels-bench generate DIR     writes mask.raw, other.raw (uint8) and scan.raw (int16)
//   voxels-bench serve            reads lines `OPERATION THREADS`, answers each with
//                                 `wall-ms processor-ms result`; the result is a number to compare
import Glibc
import Scores
import Volumes
import VoxelOps



func seconds(_ clock: clockid_t) -> Double {
  var t = timespec()
  clock_gettime(clock, &t)
  return Double(t.tv_sec) + Double(t.tv_nsec) * 1e-9
}

func write<Voxel>(_ voxels: UnsafeBufferPointer<Voxel>, to path: String) {
  guard let file = fopen(path, "w") else { fatalError("cannot write \(path)") }
  fwrite(voxels.baseAddress!, MemoryLayout<Voxel>.stride, voxels.count, file)
  fclose(file)
}

let arguments = CommandLine.arguments
let mask = Skull.mask()
let other = Skull.mask(other: true)
let scan = Skull.scan(mask)
if arguments.count == 3, arguments[1] == "generate" {
  mask.withBytes { write($0, to: arguments[2] + "/mask.raw") }
  other.withBytes { write($0, to: arguments[2] + "/other.raw") }
  scan.withVoxels { write($0, to: arguments[2] + "/scan.raw") }
  print(Double(mask.voxelCount) / Double(mask.sizes.count))
  exit(0)
}
guard arguments.count == 2, arguments[1] == "serve" else {
  fatalError("voxels-bench generate DIR | serve")
}
let timed = Operations(mask: mask, other: other, scan: scan)
while let line = readLine() {
  let words = line.split(separator: " ").map(String.init)
  guard words.count == 2, let threads = Int(words[1]) else { fatalError("OPERATION THREADS") }
  let (wall, processor) = (seconds(CLOCK_MONOTONIC), seconds(CLOCK_PROCESS_CPUTIME_ID))
  let result = timed.run(words[0], threads: threads)
  let times = (seconds(CLOCK_MONOTONIC) - wall, seconds(CLOCK_PROCESS_CPUTIME_ID) - processor)
  print(times.0 * 1e3, times.1 * 1e3, result())
  fflush(nil)
}
