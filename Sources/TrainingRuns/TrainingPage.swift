import Accounts
import Completion
import Files
import ModelTraining
import Pictures
import Reports
import Skulls
import Volumes

/// The page of a training in its folder, written again after each epoch.
struct TrainingPage {
  private let folder: String
  private let grid: Geometry
  /// What the page shows; the epochs that are done when the training goes on come from its log.
  var report: TrainingReport

  init(_ report: TrainingReport, folder: String, shape: SIMD3<Int>) {
    (self.report, self.folder) = (report, folder)
    grid = Frame.typicalGrid(of: GridSize(shape.x, shape.y, shape.z))
  }

  /// Takes over the epochs of the log that a training goes on from, with their pictures.
  mutating func takeOver(lines: Int) {
    guard lines > 0 else { return }
    report.epochs = Array(((try? TrainingLog.records(in: folder)) ?? []).prefix(lines))
  }

  /// Draws what the network makes of the skull that is shown.
  mutating func add(_ volumes: [Reconstruction], stage: Int, epoch: Int) throws {
    let hasTarget = volumes.contains { $0.target != $0.input }
    let rows = volumes.map { volume in
      var row = ContactSheet.Row(label: volume.className.uppercased())
      row.append(values(of: volume.input))
      if hasTarget { row.append(values(of: volume.target)) }
      row.append(PackedMasks.volume(volume.probabilities, on: grid))
      return row
    }
    guard !rows.isEmpty else { return }
    let sheet = ContactSheet.render(
      rows, columns: hasTarget ? ["INPUT", "COMPLETE", "DECODED"] : ["INPUT", "DECODED"])
    let picture = TrainingReport.Picture(stage: stage, epoch: epoch, png: try PNG.encode(sheet))
    try TrainingReport.write(picture, into: folder)
  }

  mutating func write() throws {
    report.reconstructions = TrainingReport.pictures(of: report.epochs, in: folder)
    try AtomicFile.write(report.html(), to: "\(folder)/\(TrainingReport.fileName)")
  }

  private func values(of bits: [UInt8]) -> Volume<Float> {
    let mask = PackedMasks.unpack(bits, on: grid)
    return Volume(on: grid) { voxels in
      mask.withBytes { bytes in for place in bytes.indices { voxels[place] = Float(bytes[place]) } }
    }
  }
}
