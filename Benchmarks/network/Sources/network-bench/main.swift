// Times training steps, or encoding and decoding, of the reference network on the processor.
//
//   network-bench train|infer SHAPE CHANNELS MINIBATCH THREADS STEPS
//
// Prints wall and processor milliseconds of every step, and the resident memory before the network
// was made and at its peak, in MB.
import Glibc
import NeuralEngine

func milliseconds(_ clock: clockid_t) -> Double {
  var t = timespec()
  clock_gettime(clock, &t)
  return Double(t.tv_sec) * 1e3 + Double(t.tv_nsec) * 1e-6
}

func resident(_ field: String) -> Int {
  guard let file = fopen("/proc/self/status", "r") else { return 0 }
  defer { fclose(file) }
  var line = [CChar](repeating: 0, count: 256)
  while fgets(&line, 256, file) != nil {
    let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    if text.hasPrefix(field) { return Int(text.filter(\.isNumber)).map { $0 / 1024 } ?? 0 }
  }
  return 0
}

let arguments = CommandLine.arguments
guard arguments.count == 7 else { fatalError("network-bench train|infer SHAPE CHANNELS MINIBATCH THREADS STEPS") }
let sides = arguments[2].split(separator: "x").map { Int($0)! }
let architecture = Architecture(
  inputShape: [sides[0], sides[1], sides[2]],
  channels: arguments[3].split(separator: ",").map { Int($0)! })
let (minibatch, threads, steps) = (Int(arguments[4])!, Int(arguments[5])!, Int(arguments[6])!)

// Any numbers do, but some scale: uniform in ±1/√(inputs), from a linear congruential generator.
nonisolated(unsafe) var state: UInt64 = 1
func uniform() -> Float {
  state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
  return Float(state >> 40) / Float(1 << 24)
}
let parameters = architecture.parameterShapes().map { name, shape in
  let bound: Float =
    shape.count == 5
    ? 1 / Float(shape[1] * 27).squareRoot()
    : shape.count == 2 ? 1 / Float(shape[1]).squareRoot() : 0
  let constant: Float =
    name.hasSuffix("A.weight") ? 0.25 : name.hasSuffix("N.weight") || name.hasSuffix("var") ? 1 : 0
  return Parameter(
    name: name, shape: shape,
    values: (0..<shape.reduce(1, *)).map { _ in
      bound > 0 ? (2 * uniform() - 1) * bound : constant
    })
}
let masks: [UInt8] = (0..<minibatch * ((architecture.voxels + 7) / 8)).map { _ in
  uniform() < 0.4 ? UInt8(1) << UInt8(uniform() * 8) : 0
}
let noise: [Float] = (0..<minibatch * architecture.latentSize).map { _ in 2 * uniform() - 1 }

let before = resident("VmRSS")
let engine = CPUEngine()
nonisolated(unsafe) var walls: [Double] = []
nonisolated(unsafe) var processors: [Double] = []
func time(_ body: () -> Void) {
  let (wall, processor) = (milliseconds(CLOCK_MONOTONIC), milliseconds(CLOCK_PROCESS_CPUTIME_ID))
  body()
  walls.append(milliseconds(CLOCK_MONOTONIC) - wall)
  processors.append(milliseconds(CLOCK_PROCESS_CPUTIME_ID) - processor)
}
if arguments[1] == "train" {
  let network = try engine.trainableNetwork(
    architecture, minibatch: minibatch, decoderOnly: false, threads: threads)
  try network.setParameters(parameters)
  let given = Minibatch(count: minibatch, input: masks, target: masks, noise: noise)
  for _ in 0..<steps {
    time { precondition(network.step(given, StepSettings()).isFinite) }
  }
} else {
  let network = try engine.inferenceNetwork(
    architecture, parameters: parameters, minibatch: minibatch, threads: threads)
  for _ in 0..<steps {
    time { _ = network.decode(network.encode(masks, count: minibatch).mean, count: minibatch) }
  }
}
func text(_ values: [Double]) -> String {
  "[" + values.map { "\(($0 * 100).rounded() / 100)" }.joined(separator: ", ") + "]"
}
print(
  "{\"engine\": \"\(engine.name)\", \"wall\": \(text(walls)), \"processor\": \(text(processors)), "
    + "\"before\": \(before), \"peak\": \(resident("VmHWM"))}")
