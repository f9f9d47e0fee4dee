import Glibc

/// The three standard streams, which a program expects to be open.
enum StandardStreams {
  /// Opens those that are closed, before anything else is opened. Otherwise a file would get their number, and
  /// messages would be written into it.
  ///
  /// They are opened only for reading, so that printing to a closed stream is still an error.
  static func openClosed() {
    for stream in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO]
    where fcntl(stream, F_GETFD) < 0 {
      // The system gives out the lowest free number, which is this one.
      _ = open("/dev/null", O_RDONLY)
    }
  }
}
