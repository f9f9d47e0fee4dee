import Concurrency
import Synchronization
import Testing
import Glibc

@Suite struct FixedThreadTests {
  @Test func runsEveryJobOnOneThreadInOrder() async {
    let thread = FixedThread()
    let seen = Guarded<[(thread: UInt, job: Int)]>([])
    await withCheckedContinuation { continuation in
      for job in 0..<1000 {
        thread.submit {
          seen.withLock { $0.append((currentThread(), job)) }
          if job == 999 { continuation.resume() }
        }
      }
    }
    #expect(seen.withLock { $0.map(\.job) } == Array(0..<1000))
    let threads = Set(seen.withLock { $0.map(\.thread) })
    #expect(threads.count == 1 && !threads.contains(currentThread()))
  }

  @Test func runsWhatWasSubmittedBeforeItGoes() {
    let done = Atomic<Int>(0)
    do {
      let thread = FixedThread()
      for _ in 0..<100 {
        thread.submit {
          usleep(100)
          done.add(1, ordering: .relaxed)
        }
      }
    }
    #expect(done.load(ordering: .relaxed) == 100)
  }

  @Test func mayGoInsideOfItsOwnJob() async {
    await withCheckedContinuation { continuation in
      let thread = FixedThread()
      thread.submit { withExtendedLifetime(thread) { continuation.resume() } }
    }
  }
}

/// A number that differs between threads that live at one time.
func currentThread() -> UInt {
  pthread_self()
}
