import Glibc

/// A range of mapped memory that begins on the border of a huge page.
struct VoxelPages: Sendable {
  static let hugePage = 2 << 20
  /// How often huge pages are tried.
  private static let stretch = 16 << 20
  /// A huge page that takes longer, in nanoseconds, is dearer than 512 small ones.
  private static let slow = 1_500_000

  nonisolated(unsafe) let start: UnsafeMutableRawPointer
  let byteCount: Int

  init(start: UnsafeMutableRawPointer, byteCount: Int) {
    (self.start, self.byteCount) = (start, byteCount)
  }

  /// A number of bytes, rounded up to whole small pages.
  static func whole(_ byteCount: Int) -> Int {
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    return (byteCount + page - 1) / page * page
  }

  /// A number of bytes, rounded up to whole huge pages.
  static func upToHugePage(_ byteCount: Int) -> Int {
    (byteCount + hugePage - 1) / hugePage * hugePage
  }

  /// The first so many bytes, or all, and the rest.
  func split(at byteCount: Int) -> (VoxelPages, VoxelPages) {
    let cut = min(byteCount, self.byteCount)
    return (
      VoxelPages(start: start, byteCount: cut),
      VoxelPages(start: start + cut, byteCount: self.byteCount - cut)
    )
  }

  /// Maps so many bytes of zeros; nil where the system has not that much memory.
  init?(mapping byteCount: Int) {
    let padded = byteCount + Self.hugePage
    guard
      let mapped = mmap(nil, padded, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      mapped != MAP_FAILED
    else { return nil }
    let ahead = (Self.hugePage - Int(bitPattern: mapped) % Self.hugePage) % Self.hugePage
    if ahead > 0 { munmap(mapped, ahead) }
    let behind = padded - ahead - byteCount
    if behind > 0 { munmap(mapped + ahead + byteCount, behind) }
    self.init(start: mapped + ahead, byteCount: byteCount)
    askForHugePages()
  }

  /// Whether the system would map so many bytes now.
  static func canMap(_ byteCount: Int) -> Bool {
    let (padded, overflow) = byteCount.addingReportingOverflow(hugePage)
    guard !overflow,
      let mapped = mmap(nil, padded, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      mapped != MAP_FAILED
    else { return false }
    munmap(mapped, padded)
    return true
  }

  /// Asks for huge pages as far as they are quick to come by.
  ///
  /// Where memory is fragmented the system moves other pages about to make a huge one, and where it
  /// is lent by a hypervisor that takes idle pages back, those must be fetched: up to 9 ms a page
  /// was measured, against 0.2 ms for a ready one and 1 ms for as much in small pages. Hence one is
  /// touched and timed now and then, and from a slow one on the pages stay small.
  private func askForHugePages() {
    // Whole huge pages only: the last, begun one would take memory that nobody asked for.
    let end = byteCount / Self.hugePage * Self.hugePage
    for offset in stride(from: 0, to: end, by: Self.stretch) {
      let place = start + offset
      _ = madvise(place, Self.hugePage, Self.adviseHugePages)
      let begun = Self.now()
      place.storeBytes(of: 0, as: UInt8.self)
      if Self.now() - begun > Self.slow { return }
      let rest = min(Self.stretch, end - offset) - Self.hugePage
      if rest > 0 { _ = madvise(place + Self.hugePage, rest, Self.adviseHugePages) }
    }
  }

  /// `MADV_HUGEPAGE`, which the C library's headers may lack.
  private static let adviseHugePages: Int32 = 14

  private static func now() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
  }

  /// Gives the memory back to the system.
  func unmap() { munmap(start, byteCount) }
}
