import Errors
import ModelTraining
import Foundation

/// Shows the progress of a training on standard error: a bar with losses and the time left on a terminal, one
/// line per epoch elsewhere. For use from one thread.
final class TrainingProgress {
  private let configuration: TrainingConfiguration
  private let isQuiet: Bool
  private let isTerminal = StandardError.isTerminal
  private var begin = ContinuousClock.now
  private var lastDrawn = ContinuousClock.now - .seconds(1)
  private var steps = 0
  private var lineIsOpen = false

  init(_ configuration: TrainingConfiguration, isQuiet: Bool) {
    (self.configuration, self.isQuiet) = (configuration, isQuiet)
  }

  func began(_ place: TrainingPlace, skulls: (training: Int, validation: Int)) {
    begin = .now
    let text =
      "\(counted(skulls.training, "skull")) to train on, \(skulls.validation) to validate with"
      + (place == .beginning
        ? "" : "; resuming at stage \(place.stage), epoch \(place.epoch), step \(place.step)")
    if !isQuiet { StandardError.writeLine(text) }
  }

  func stepped(_ step: TrainingStep) {
    steps += 1
    guard !isQuiet, isTerminal, ContinuousClock.now - lastDrawn > .milliseconds(100) else { return }
    lastDrawn = .now
    let width = 20
    let filled = width * step.place.step / max(1, step.stepsAnEpoch)
    let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled)
    // Assumes that the second stage has as many steps per epoch, each taking as long.
    var left = (step.epochs - step.place.epoch) * step.stepsAnEpoch - step.place.step
    if step.place.stage == 1 {
      left += (configuration.second?.stage.epochs ?? 0) * step.stepsAnEpoch
    }
    let seconds = (ContinuousClock.now - begin) / .seconds(1) / Double(steps) * Double(left)
    var text =
      "[\(bar)] stage \(step.place.stage) epoch \(step.place.epoch + 1)/\(step.epochs)"
      + String(format: ", Dice loss %.1f", step.diceLoss)
    if let kld = step.kld { text += String(format: ", KLD %.3g", kld) }
    text += String(
      format: ", %d:%02d:%02d left", Int(seconds) / 3600, Int(seconds) / 60 % 60, Int(seconds) % 60)
    StandardError.write("\r\u{1B}[K" + text)
    lineIsOpen = true
  }

  func ended(_ record: EpochRecord) {
    guard !isQuiet else { return }
    close()
    var text =
      "stage \(record.stage) epoch \(record.epoch): "
      + String(format: "Dice loss %.2f", record.diceLoss)
    if let kld = record.kld { text += String(format: ", KLD %.4g", kld) }
    if let units = record.activeUnits { text += ", \(units) active" }
    if let dice = record.validationDice { text += String(format: ", validation Dice %.4f", dice) }
    text += record.isBest ? " (best)" : ""
    StandardError.writeLine(text + String(format: ", %.1f s", record.seconds))
  }

  /// Removes the bar, so that other text starts on a new line.
  func close() {
    if lineIsOpen { StandardError.write("\r\u{1B}[K") }
    lineIsOpen = false
  }
}
