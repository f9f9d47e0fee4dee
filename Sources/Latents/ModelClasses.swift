public import Accounts
import BetaVAE
public import Completion
import Errors
import Files
import Foundation
import NeuralEngine
import TensorFiles

/// Puts what a table says of the classes into a model file.
public enum ModelClasses {
  /// Writes a model with the classes of a table in place of its own; tensors stay bit for bit.
  ///
  /// - Parameters:
  ///   - path: a model file, or a state dict of PyTorch, taken as ``BetaVAE/ModelFile/read(_:)``
  ///     does.
  ///   - output: the new file; may be the same.
  /// - Returns: the classes.
  /// - Throws: `Diagnostic` where the file is no model, the table is of
  ///   another latent size, of another encoder by the account beside it, or names no class; `Diagnostic`
  ///   where it cannot be read.
  @discardableResult
  public static func store(
    tableAt tablePath: String, from path: String, to output: String,
    memory: Int = HostResources.plannedMemory
  ) throws -> [LatentClass] {
    let table = try LatentTable(contentsOf: tablePath)
    try LatentMemory.requireReadable(path, memory: memory)
    var model = try ModelFile.read(TensorArchive(contentsOf: path))
    guard table.latentSize == model.architecture.latentSize else {
      throw Diagnostic(
        .badData, path, field: "table",
        expected: counted(model.architecture.latentSize, "dimension"), found: "\(table.latentSize)",
        remedy: "encode the volumes with this model")
    }
    if let encoder = encoder(ofTableAt: tablePath), encoder != model.encoderSHA256 {
      throw Diagnostic(
        .badData, path, field: "table", expected: "latents of this model's encoder",
        found: "those of another (\(tablePath))", remedy: "encode the volumes with this model")
    }
    let classes = try table.classes(mode: model.latentMode)
    guard !classes.isEmpty else {
      throw Diagnostic(
        .badData, path, field: "table", expected: "rows with a class", found: "none",
        remedy: "fill the column `class`, or encode a folder laid out as AutoImplant's sets")
    }
    model.classes = classes
    try model.write(to: output)
    return classes
  }

  /// The encoder that made a table, as the account beside it says; nil: nothing says it.
  private static func encoder(ofTableAt path: String) -> String? {
    struct Account: Decodable {
      struct Model: Decodable { var encoderSHA256: String? }
      var model: Model
    }
    let file =
      path.hasSuffix(".csv")
      ? URL(filePath: path).deletingPathExtension().appendingPathExtension("json")
      : URL(filePath: path).appending(path: "latents.json")
    return (try? Data(contentsOf: file)).flatMap {
      try? JSONDecoder().decode(Account.self, from: $0).model.encoderSHA256
    }
  }
}
