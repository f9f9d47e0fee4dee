import Concurrency

/// Room in memory for the bytes of files that are hashed now and decoded later, shared by all of a run.
public final class ByteRoom: Sendable {
  private let free: Guarded<Int>

  /// Room for a number of bytes.
  public init(bytes: Int) { free = Guarded(bytes) }

  /// Takes room until the ``Share`` is let go; nil where there is not as much.
  func share(of bytes: Int) -> Share? {
    let fits = free.withLock { free in
      guard bytes <= free else { return false }
      free -= bytes
      return true
    }
    return fits ? Share(of: self, bytes) : nil
  }

  /// A part of the room that is taken.
  final class Share: Sendable {
    private let room: ByteRoom
    private let count: Int

    fileprivate init(of room: ByteRoom, _ count: Int) { (self.room, self.count) = (room, count) }

    deinit { room.free.withLock { $0 += count } }
  }
}
