import Files
import Glibc
public import ModelTraining

extension TrainingReport {
  /// The folder of the pictures, below that of the training.
  public static let pictureFolder = "reconstructions"

  /// Writes a picture into the folder of a training: `reconstructions/stage-1-epoch-0012.png`.
  public static func write(_ picture: Picture, into folder: String) throws {
    try Folders.make("\(folder)/\(pictureFolder)")
    try AtomicFile.write(picture.png, to: path(picture.stage, picture.epoch, folder))
  }

  /// The pictures of a folder that belong to these epochs, in their order, of many as many as a page shows; those that cannot be
  /// read are left out.
  public static func pictures(of epochs: [EpochRecord], in folder: String) -> [Picture] {
    let there = epochs.filter { access(path($0.stage, $0.epoch, folder), F_OK) == 0 }
    return shown(of: there).compactMap { epoch in
      guard let file = try? InputFile(path(epoch.stage, epoch.epoch, folder)), file.size < 1 << 24,
        let bytes = try? file.bytes(at: 0, count: file.size)
      else { return nil }
      return Picture(stage: epoch.stage, epoch: epoch.epoch, png: bytes)
    }
  }

  private static func path(_ stage: Int, _ epoch: Int, _ folder: String) -> String {
    let digits = String(epoch)
    let zeros = String(repeating: "0", count: max(0, 4 - digits.count))
    return "\(folder)/\(pictureFolder)/stage-\(stage)-epoch-\(zeros)\(digits).png"
  }
}
