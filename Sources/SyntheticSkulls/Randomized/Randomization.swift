/// How far synthetic skulls and their scans stray from the template and from a good scan, so that a model trained on
/// them meets whatever real scans bring.
///
/// *Units*: mm and degrees. Where a number is a share, it is the part of the samples, from 0 to 1, that get the thing.
public struct Randomization: Hashable, Sendable {
  /// How far the scanner is turned against the head about each axis, at most. Slices, cuts and fields of view lie along
  /// the scanner; the network sees the head upright, as the framing `pose` gives it.
  public var turn = 40.0
  /// Sizes of heads relative to the template's: from a child's to the largest.
  public var sizes = 0.72...1.15
  /// Thicknesses of the vault in mm.
  public var thickness = 2.0...12.0
  /// Up to how many mm one side lies further back than the other, for each mm to the left.
  public var asymmetry = 0.08
  /// The share of samples with gaping sutures, of 1 to 5 mm, some with an open fontanelle.
  public var sutures = 0.2
  /// The share of samples whose air cells and marrow are open.
  public var airCells = 0.35
  /// The share of samples whose base is cut off; a fifth as many lack the top of the vault.
  public var cuts = 0.5
  /// Fields of view across the slices that cut the head, in mm; a third of the samples have one.
  public var views = 160.0...260.0
  /// Distances of slices in mm; a slice shows the mean over its thickness, so thin bone fades.
  public var slices = 0.4...5.0
  /// Up to how many holes a defective skull has.
  public var holes = 3
  /// The share of defective skulls with dust of bone in their holes.
  public var dust = 0.25
  /// The share of heads that vary the analytic skull in place of the template.
  public var analytic = 0.12
  /// How well the head's pose is known: the standard deviation in mm of a place 80 mm from the middle.
  public var misplacement = 3.0

  /// The ranges of real heads and scanners.
  public init() {}

  /// Every setting as a text by its key in training files.
  public var texts: [String: String] {
    func range(_ range: ClosedRange<Double>) -> String { "\(range.lowerBound) \(range.upperBound)" }
    return [
      "turn": "\(turn)", "sizes": range(sizes), "thickness": range(thickness),
      "asymmetry": "\(asymmetry)", "sutures": "\(sutures)", "air_cells": "\(airCells)",
      "cuts": "\(cuts)", "views": range(views), "slices": range(slices), "holes": "\(holes)",
      "dust": "\(dust)", "analytic": "\(analytic)", "misplacement": "\(misplacement)",
    ]
  }
}
