public import Dataflow
public import Files

/// The files that a case was read from: a header and its data files.
public struct FilesRead: StageFact {
  /// The files; the one that the user named comes first.
  public let files: [FileRecord]
}
