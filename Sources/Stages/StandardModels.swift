import BetaVAE
public import Completion
internal import Mirroring

extension CompletionModels {
  /// Every completion model that parameters can name. A new model is added here and nowhere else.
  public static let standard = CompletionModels(readers: [
    AutoCompletion.reader, ContinuationCompletion.reader, MirrorCompletion.reader,
    LatentCompletion.reader, ShapeCompletion.reader, PriorCompletion.reader,
  ])
}
