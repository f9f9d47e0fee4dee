import ArgumentParser
import VolumeIO

/// Options for reading volume files, of which a segment may be wanted.
struct SegmentReadingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Of a segmentation of 3D Slicer (.seg.nrrd), the segment that is read; `calvaria info` lists them.",
      valueName: "name"))
  var segment: String?

  @OptionGroup var reading: ReadingOptions

  var options: ReadOptions {
    var options = reading.options
    options.segment = segment
    return options
  }
}
