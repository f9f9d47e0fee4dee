import Dataflow
import Latents
public import BetaVAE
public import Completion
public import ArgumentParser
public import NeuralEngine

/// `calvaria latent import ENCODER [--decoder FILE] -o MODEL`.
struct LatentImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Convert a network saved by PyTorch to a model file.",
    discussion: """
      Reads state dicts of MONAI's VarAutoEncoder (safetensors, or .pth as written by torch.save; no code \
      in them is executed) and of the published decoupled decoder (decodeL, conv1, conv2, …). The \
      network's architecture is read from the tensors where they show it, and otherwise assumed to be \
      that of the published networks; options override those assumptions. The result is printed.

      EXAMPLES
        calvaria latent import vae.pth -o model.safetensors
        calvaria latent import vae.pth --decoder decoder.pth -o model.safetensors
        calvaria latent import own.safetensors --head plain --latent-mode mean --shape 64x64x32 \\
          -o model.safetensors
      """)

  @Argument(
    help: "The network, or only its encoder.",
    completion: .file(extensions: ["safetensors", "pth"]))
  var encoder: String

  @Option(
    help: ArgumentHelp(
      "A decoder to use instead of the network's own.", valueName: "file"),
    completion: .file(extensions: ["safetensors", "pth"]))
  var decoder: String?

  @Option(
    help: ArgumentHelp(
      "The entry of a checkpoint that holds the network, such as ema_state_dict (default: the only one).",
      valueName: "name"))
  var entry: String?

  @Option(
    help: ArgumentHelp(
      "Input voxels along x, y, z (default: assumes stride 2 at each level and x = y = 2z, or x = y = z).",
      valueName: "256x256x128"))
  var shape: ImportedShape?

  @Option(
    help: ArgumentHelp(
      "The stride of each level from the top, 1 or 2 (default: as the shape requires).",
      valueName: "2,2,1"))
  var strides: ImportedStrides?

  @Option(
    help: "If no tensor shows one: instance or none (default: instance, as in MONAI).")
  var normalization: Architecture.Normalization?

  @Option(
    help: ArgumentHelp(
      "If no tensor shows one: relu, leakyrelu (slope 0.01) or leakyrelu=SLOPE (default: relu).",
      valueName: "name"))
  var activation: ImportedActivation?

  @Option(
    help: """
      What follows the decoder's last convolution. plain: nothing; published: what the tensors show, \
      then a ReLU; publishedNormalized: normalization, activation and a ReLU even if no tensor shows \
      them.
      """)
  var head: StateDictImport.Head = .published

  @Option(
    help:
      "What the decoder was trained on: the mean of the posterior, a sample of it, or meanPlusSigma."
  )
  var latentMode: LatentMode = .meanPlusSigma

  @Option(
    help: ArgumentHelp(
      "Memory limit, such as 2GB (default: 75 % of the available memory).", valueName: "bytes"))
  var memory: ByteCount?

  @OptionGroup var output: ModelOutput

  func validate() throws { try memory?.requireAddresses() }

  func run() throws {
    var plan = ModelImport(encoder: encoder)
    plan.decoder = decoder
    plan.entry = entry
    plan.options = StateDictImport.Options(
      inputShape: shape?.voxels, strides: strides?.values, normalization: normalization,
      activation: activation?.value, head: head)
    plan.latentMode = latentMode
    if let memory { plan.memory = memory.bytes }
    let model = try plan.write(to: output.path)
    for line in ModelImport.lines(of: model) { print(line) }
    print(output.path)
  }
}

/// `256x256x128`.
struct ImportedShape: ExpressibleByArgument {
  let voxels: SIMD3<Int>

  init?(argument: String) {
    guard let sizes = ParameterValue.sizes(argument), sizes.allSatisfy({ $0 <= 1024 }) else {
      return nil
    }
    voxels = SIMD3(sizes[0], sizes[1], sizes[2])
  }
}

/// `2,2,1`.
struct ImportedStrides: ExpressibleByArgument {
  let values: [Int]

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    guard (1...10).contains(parts.count), parts.allSatisfy({ $0 == 1 || $0 == 2 }) else {
      return nil
    }
    values = parts.compactMap { $0 }
  }
}

/// `relu`, `leakyrelu`, `leakyrelu=0.2`, `prelu`.
struct ImportedActivation: ExpressibleByArgument {
  let value: Architecture.Activation

  init?(argument: String) {
    switch argument {
    case "relu": value = .relu
    case "prelu": value = .prelu
    case "leakyrelu": value = .leakyReLU(slope: 0.01)
    default:
      let name = "leakyrelu="
      guard argument.hasPrefix(name), let slope = Float(argument.dropFirst(name.count)),
        slope >= 0, slope < 1
      else { return nil }
      value = .leakyReLU(slope: slope)
    }
  }
}

extension Architecture.Normalization: ExpressibleByArgument {}
extension StateDictImport.Head: ExpressibleByArgument {}
extension LatentMode: ExpressibleByArgument {}
