import Synchronization

/// A one-way flag that says stop; the token of a case also hears the token of its run.
public final class CancellationToken: Sendable {
  private let flag = Atomic<Bool>(false)
  private let parent: CancellationToken?

  /// A token, not cancelled, that follows `parent`.
  public init(parent: CancellationToken? = nil) { self.parent = parent }

  public func cancel() { flag.store(true, ordering: .releasing) }

  /// Whether this token or its parent was told to stop.
  public var isCancelled: Bool {
    flag.load(ordering: .acquiring) || (parent?.isCancelled ?? false)
  }

  /// Throws `CancellationError` once told to stop.
  public func check() throws { if isCancelled { throw CancellationError() } }
}
