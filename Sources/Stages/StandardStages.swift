import Completion
public import Dataflow
import NeuralEngine

extension StageCatalog {
  /// Every stage that pipeline files can name, with the models and devices of the program.
  public static let standard: StageCatalog = standard()

  /// Every stage that pipeline files can name. A new stage is added here and nowhere else.
  ///
  /// - Parameters:
  ///   - engines: the devices that files can name for networks.
  ///   - models: the models that files can name for `complete`.
  static func standard(
    on engines: Engines = .standard, with models: CompletionModels = .standard
  ) -> StageCatalog {
    var catalog = StageCatalog()
    catalog.register(Load.self)
    catalog.register(Downsample.self)
    catalog.register(Smooth.self)
    catalog.register(Binarize.self)
    catalog.register(Bone.self)
    catalog.register(Resect.self)
    catalog.register(Keep.self)
    catalog.register(Morph.self)
    catalog.register(Fill.self)
    catalog.register(Complete.self) { try Complete($0, with: models, on: engines) }
    catalog.register(Encode.self) { try Encode($0, on: engines) }
    catalog.register(Shift.self)
    catalog.register(Optimize.self)
    catalog.register(Decode.self)
    catalog.register(Fit.self)
    catalog.register(Subtract.self)
    catalog.register(Clean.self)
    catalog.register(Judge.self)
    catalog.register(Compare.self) { try Compare($0, with: models, on: engines) }
    catalog.register(Choose.self)
    catalog.register(Disagree.self)
    catalog.register(MeshSurface.self)
    catalog.register(Design.self)
    catalog.register(Isosurface.self)
    catalog.register(Ring.self)
    catalog.register(MakeMould.self)
    catalog.register(MouldHalf.self)
    catalog.register(Voxelize.self)
    catalog.register(CheckPart.self)
    catalog.register(Measure.self)
    catalog.register(PreviewPicture.self)
    catalog.register(DrawThumbnail.self)
    catalog.register(Depict.self)
    catalog.register(Annotate.self)
    return catalog
  }
}
