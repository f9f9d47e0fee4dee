import Errors
import BetaVAE
public import Completion
import Skulls
public import Dataflow
import Volumes

extension Encode: StoringStage {
  /// The vector, the two grids of its frame, and their meaning; not the model, which this stage knows.
  public func stored(_ value: Latent) -> [UInt8] {
    var writer = ByteWriter()
    writer.append(value.isOfNothing ? 1 as UInt8 : 0)
    writer.append(value.mode.rawValue)
    writer.append(value.frame.rule.rawValue)
    writer.append(value.frame.grid)
    writer.append(value.frame.source)
    writer.append(value.vector.count)
    for number in value.vector { writer.append(number) }
    return writer.bytes
  }

  /// Reads such bytes as a latent of this stage's model.
  ///
  /// - Throws: if they are not a latent of this model, or the model cannot be read.
  public func restored(_ bytes: [UInt8]) throws -> Latent {
    let model = try model.load().model
    var reader = ByteReader(bytes)
    let isOfNothing = try reader.byte() != 0
    guard let mode = LatentMode(rawValue: try reader.text()),
      let rule = FramingRule(rawValue: try reader.text())
    else { throw Diagnostic.noStoredValue }
    let frame = Frame(grid: try reader.geometry(), source: try reader.geometry(), rule: rule)
    guard try reader.number() == model.latentSize, reader.rest.count == 4 * model.latentSize
    else { throw Diagnostic.noStoredValue }
    let vector = try (0..<model.latentSize).map { _ in try reader.float() }
    return isOfNothing
      ? Latent(ofNothingOn: frame.source, mode: mode, model: model)
      : Latent(vector: vector, mode: mode, frame: frame, model: model)
  }

  /// Four bytes per dimension, and the grids.
  public func storedBytes(of value: Extent) -> Int { value.bytes + 1024 }
}
