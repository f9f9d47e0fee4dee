import Accounts
import Concurrency
import DataSets
import Files

/// The folders that cases write into; each is created once.
final class OutputFolders: Sendable {
  private let made = Guarded<Set<String>>([])

  /// Creates the folders for the files of a case.
  ///
  /// - Returns: why a folder cannot be created; nil if all are there.
  func make(for member: DataSet.Member, _ plan: CasePlan, of run: BatchRun) -> CaseFailure? {
    for output in run.pipeline.outputs where plan.states[output.node] == .runs {
      let path = "\(run.request.folder)/\(output.place(of: member))"
      let folder = String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)])
      guard !made.withLock({ $0.contains(folder) }) else { continue }
      do { try Folders.make(folder) } catch {
        return CaseFailure(error, path: folder, stage: output.fileName)
      }
      made.withLock { _ = $0.insert(folder) }
    }
    return nil
  }
}
