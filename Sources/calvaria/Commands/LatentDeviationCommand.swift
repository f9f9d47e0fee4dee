import Latents
import Accounts
import BetaVAE
import Completion
import ArgumentParser
import Foundation

/// `calvaria latent deviation MODEL FROM TO`.
struct LatentDeviationCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "deviation",
    abstract: "Print the deviation: the vector from one class mean to another in latent space.",
    discussion: "Prints one number per line, one for each dimension; --json prints one object.")

  @Argument(help: "A model file.", completion: .file(extensions: ["safetensors", "pth"]))
  var model: String

  @Argument(help: "The class where the vector starts, such as cranial.")
  var from: String

  @Argument(help: "The class where it ends.")
  var to = "complete"

  @Option(
    help: "Take the class means from a table of `latent encode` instead of the model.",
    completion: .file(extensions: ["csv"]))
  var fromTable: String?

  @Flag(help: "Print one JSON object.")
  var json = false

  private struct Account: Encodable {
    var formatVersion = 1
    var from: String
    var to: String
    var deviation: [Float]
    var length: Double
  }

  func run() throws {
    let known = try LatentMemory.load(model, memory: HostResources.plannedMemory).model
    let deviation =
      if let fromTable {
        try LatentTable(contentsOf: fromTable).deviation(
          from: from, to: to, mode: known.latentMode)
      } else {
        try known.deviation(from: from, to: to)
      }
    guard json else {
      for number in deviation { print(number) }
      return
    }
    let length = deviation.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    let account = Account(from: from, to: to, deviation: deviation, length: length)
    print(String(decoding: try encoder.encode(account), as: UTF8.self))
  }
}
