import ArgumentParser

/// `calvaria latent …`: explores the latent space of a model.
struct LatentCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "latent",
    abstract: "Encode skulls and explore the latent space of a model.",
    discussion: """
      A skull belongs to one of the classes complete, cranial and facial. In a folder laid out as \
      AutoImplant's or by `calvaria synth`, skulls in complete_skull are complete, those in \
      defective_skull/facial are facial, and those in any other defective_skull/<kind> are cranial.

      EXAMPLES
        calvaria latent import vae.pth --decoder decoder.pth -o model.safetensors
        calvaria latent encode model.safetensors population -o latents
        calvaria latent classes model.safetensors latents -o model-with-classes.safetensors
        calvaria latent deviation model.safetensors cranial complete
        calvaria latent pca latents -o figures
        calvaria latent traverse model.safetensors skull.nrrd --dimension all -o traversal
      """,
    subcommands: [
      LatentImportCommand.self, LatentEncodeCommand.self, LatentClassesCommand.self,
      LatentDeviationCommand.self,
      LatentPCACommand.self, LatentInterpolateCommand.self, LatentTraverseCommand.self,
      LatentSampleCommand.self,
    ])
}
