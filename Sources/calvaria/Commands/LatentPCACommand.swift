import Completion
import Latents
import ArgumentParser

/// `calvaria latent pca TABLE -o DIR`.
struct LatentPCACommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pca",
    abstract: "Reduce a table of latents to the directions in which they differ most.",
    discussion: """
      Writes pca.csv (case, class, pc1, pc2) and pca.json (mean, components, explained variance, the
      centroids of the classes and the vectors from them to complete).
      """)

  @Argument(
    help: "A table of `latent encode`, or its folder.", completion: .file(extensions: ["csv"]))
  var table: String

  @Option(help: "How many components.")
  var components = 2

  @OptionGroup var options: LatentOptions

  func run() throws {
    try LatentOptions.run {
      let plane = try LatentPlane(try LatentTable(contentsOf: table), count: components)
      let files = try plane.write(into: options.output)
      for (number, share) in plane.components.explained.enumerated() {
        print("pc\(number + 1): \((share * 1000).rounded() / 10) % of the variance")
      }
      for file in files { print(file) }
    }
  }
}
