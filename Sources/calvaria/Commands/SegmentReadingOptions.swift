import ArgumentParser
import VolumeIO

/// Options for reading volume files, of which a segment may be wanted.
struct SegmentReadingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The segment to read, of a segmentation of 3D Slicer (.seg.nrrd); `calvaria info` lists them.",
      valueName: "name"))
  var segment: String?

  @OptionGroup var reading: ReadingOptions

  var options: ReadOptions {
    var options = reading.options
    options.segment = segment
    return options
  }
}
