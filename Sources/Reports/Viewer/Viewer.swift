/// The viewer that pages of cases hold, as other modules ask for it.
public enum Viewer {
  /// Whether it comes with this program, with the bytes that are expected.
  public static var isInstalled: Bool { ViewerBundle.installed() != nil }

  /// The version of NiiVue.
  public static var version: String { ViewerBundle.version }
}
