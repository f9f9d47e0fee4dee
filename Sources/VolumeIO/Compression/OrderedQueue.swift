import Concurrency

/// Passes on in order what several threads make out of order, without any of them waiting: the
/// thread that delivers the next element due also passes on those that are ready after it.
final class OrderedQueue<Element: Sendable>: @unchecked Sendable {
  private struct State: Sendable {
    var next: Int
    var ready: [Int: Element] = [:]
    var isTaking = false
  }
  private let state: Guarded<State>
  // Invariant behind @unchecked: called by one thread at a time, the one that has set `isTaking`.
  private let take: (Element) throws -> Void

  /// A queue whose first element is number `first`.
  init(from first: Int, take: @escaping (Element) throws -> Void) {
    state = Guarded(State(next: first))
    self.take = take
  }

  /// Brings element number `index`.
  ///
  /// - Throws: what taking an element throws; no more are taken then.
  func put(_ element: Element, at index: Int) throws {
    var due: Element? = state.withLock { state in
      state.ready[index] = element
      return state.isTaking ? nil : Self.claim(&state)
    }
    while let element = due {
      // An error leaves `isTaking` set, so that nobody goes on.
      try take(element)
      due = state.withLock { state in
        state.next += 1
        return Self.claim(&state)
      }
    }
  }

  private static func claim(_ state: inout State) -> Element? {
    let element = state.ready.removeValue(forKey: state.next)
    state.isTaking = element != nil
    return element
  }
}
