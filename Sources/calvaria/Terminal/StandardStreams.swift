import Glibc

/// The three streams that a program expects to find open.
enum StandardStreams {
  /// Opens those that are closed, before anything else is opened: a file or a queue would get their
  /// numbers, and what is printed.
  ///
  /// Only for reading, so that printing to one that was closed stays the error that it is.
  static func openClosed() {
    for stream in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO]
    where fcntl(stream, F_GETFD) < 0 {
      // The lowest number that is free is this one's.
      _ = open("/dev/null", O_RDONLY)
    }
  }
}
