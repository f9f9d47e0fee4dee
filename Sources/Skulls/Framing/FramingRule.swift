/// How a scan is laid into a network's field of view.
public enum FramingRule: String, Hashable, Sendable, CaseIterable {
  /// A box about the vault, of the size and at the place that the training skulls have on average.
  case fieldOfView = "fov"
  /// The whole grid of the scan, resized; the paper's way.
  case resize
  /// The same box about the head turned upright and resized by its pose, which is found in the bone (``HeadPose``),
  /// whichever way the head lies; where it cannot be found, ``fieldOfView``.
  case pose
}
