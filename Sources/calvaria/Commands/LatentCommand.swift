import ArgumentParser

/// `calvaria latent …`: looks into the latent space of a model.
struct LatentCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "latent",
    abstract: "Encode skulls, and look into the latent space of a model.",
    discussion: """
      Classes: complete, cranial, facial. In a folder of AutoImplant's or of `calvaria synth`,
      complete_skull holds complete ones, defective_skull/facial facial ones, and every other
      defective_skull/<kind> cranial ones.

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
