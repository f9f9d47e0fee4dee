// Times operations on surfaces; `compare` runs it against other tools.
//
//   meshes-bench generate DIR     writes mask.raw (uint8), and of the piece vertices.raw (float32) and
//                                 triangles.raw (uint32)
//   meshes-bench serve            reads lines `OPERATION THREADS`, answers each with `wall-ms result`;
//                                 the result is a number to compare
//   meshes-bench design THREADS   designs a part of a 512 × 512 × 300 case: ms of design, surface and gate,
//                                 peak memory in MB, and whether the gate passes
import Glibc
import Implants
import Meshes
import Volumes

func milliseconds() -> Double {
  var t = timespec()
  clock_gettime(CLOCK_MONOTONIC, &t)
  return Double(t.tv_sec) * 1e3 + Double(t.tv_nsec) * 1e-6
}

func write(_ bytes: UnsafeRawBufferPointer, to path: String) {
  guard let file = fopen(path, "w") else { fatalError("cannot write \(path)") }
  fwrite(bytes.baseAddress!, 1, bytes.count, file)
  fclose(file)
}

/// What is timed, by name. What `run` returns is computed after the clock stops.
struct Operations {
  let mask = Skull.mask()
  let whole: TriangleMesh
  /// A piece of the size of a large implant.
  let piece: TriangleMesh

  init() {
    let sizes = Skull.geometry.sizes
    let mask = mask
    let cap = Mask(on: Skull.geometry) { out in
      mask.withBytes { bone in
        for z in 150..<sizes.z {
          for y in 160..<340 {
            for x in 180..<330 {
              let i = sizes.offset(x, y, z)
              out[i] = bone[i]
            }
          }
        }
      }
    }
    whole = TriangleMesh(surfaceOf: mask, threads: 2)
    piece = TriangleMesh(surfaceOf: cap.largestComponent(threads: 2), smoothing: 20, threads: 2)
  }

  func run(_ name: String, threads: Int) -> () -> Double {
    switch name {
    case "surface":
      let mesh = TriangleMesh(surfaceOf: mask, threads: threads)
      return { Double(mesh.triangles.count) }
    case "dual":
      let mesh = TriangleMesh(surfaceOf: mask, family: .dual, threads: threads)
      return { Double(mesh.triangles.count) }
    case "smoothing":
      let mesh = whole.smoothed(iterations: 20, threads: threads)
      return { Double(mesh.triangles.count) }
    case "decimation":
      let left = piece.decimated(to: 20_000, within: 0.3, threads: threads)
      return { Double(left.mesh.triangles.count) }
    case "thickness":
      let found = piece.thickness(samples: 50_000, threads: threads)
      return { found.quantile(0.5) ?? .nan }
    default: fatalError("unknown operation \(name)")
    }
  }
}

/// A skull of 512 × 512 × 300 voxels of 0.45 × 0.45 × 0.6 mm with a hole of 90 mm at the side, and the piece
/// that is missing.
func designedCase() -> (bone: Mask, implant: Mask) {
  let geometry = Geometry(sizes: GridSize(512, 512, 300), spacing: SIMD3(0.45, 0.45, 0.6))
  let sizes = geometry.sizes
  func fill(_ isImplant: Bool) -> Mask {
    Mask(on: geometry) { out in
      for z in 0..<sizes.z {
        let w = (Double(z) - 130) * 0.6
        for y in 0..<sizes.y {
          let v = (Double(y) - 255.5) * 0.45
          for x in 0..<sizes.x {
            let u = (Double(x) - 255.5) * 0.45
            let r = (u * u / 5476 + v * v / 8464 + w * w / 7921).squareRoot()
            guard r > 0.8, r < 1.1 else { continue }
            let wave = 0.02 * sin(u / 11) * cos(v / 13) + 0.015 * sin(w / 9 + u / 17)
            guard abs(r - 0.95 - wave) < 0.035 + 0.012 * sin(v / 15 + w / 30) else { continue }
            let edge = 45 + 4 * sin(5 * atan2(w - 25, v))
            let isHole = u > 20 && (v * v + (w - 25) * (w - 25)).squareRoot() < edge
            if isHole == isImplant { out[sizes.offset(x, y, z)] = 1 }
          }
        }
      }
    }
  }
  return (fill(false), fill(true).largestComponent(threads: 2))
}

func design(threads: Int) throws {
  let (bone, implant) = designedCase()
  let start = milliseconds()
  let made = try ImplantDesign(of: implant, in: bone, threads: threads)
  let designed = milliseconds()
  let mesh = made.surface(triangles: 20_000, within: 0.1, threads: threads).mesh
  let meshed = milliseconds()
  var gate = Gate(
    wall: made.design.wall, clearance: made.design.clearance,
    tunnels: made.parts.reduce(0) { $0 + $1.figures.tunnels })
  gate.ways = made.parts.map(\.way)
  let report = gate.report(on: mesh, against: bone, threads: threads)
  let ended = milliseconds()
  var usage = rusage()
  getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
  print(
    designed - start, meshed - designed, ended - meshed, Double(usage.ru_maxrss) / 1024,
    report.passes ? 1 : 0)
}

let arguments = CommandLine.arguments
switch (arguments.dropFirst().first, arguments.count) {
case ("design", 3): try design(threads: Int(arguments[2]) ?? 2)
case ("generate", 3):
  let operations = Operations()
  operations.mask.withBytes { write(UnsafeRawBufferPointer($0), to: arguments[2] + "/mask.raw") }
  let piece = operations.piece
  let vertices = piece.vertices.flatMap { [$0.x, $0.y, $0.z] }
  let triangles = piece.triangles.flatMap { [$0.x, $0.y, $0.z] }
  vertices.withUnsafeBytes { write($0, to: arguments[2] + "/vertices.raw") }
  triangles.withUnsafeBytes { write($0, to: arguments[2] + "/triangles.raw") }
case ("serve", 2):
  let operations = Operations()
  while let line = readLine() {
    let words = line.split(separator: " ").map(String.init)
    guard words.count == 2, let threads = Int(words[1]) else { fatalError("OPERATION THREADS") }
    let start = milliseconds()
    let result = operations.run(words[0], threads: threads)
    let wall = milliseconds() - start
    print(wall, result())
    fflush(nil)
  }
default: fatalError("meshes-bench generate DIR | serve | design THREADS")
}
