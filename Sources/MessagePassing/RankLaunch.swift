/// Who started this process as one of several, as far as the environment tells.
public struct RankLaunch: Equatable, Sendable {
  /// A launcher and how it speaks to its processes.
  public enum Launcher: String, Equatable, Sendable {
    /// `mpirun` of Open MPI.
    case openMPI = "mpirun of Open MPI"
    /// A launcher that speaks PMI: MPICH, Intel MPI, or `srun --mpi=pmi2`.
    case pmi = "a launcher with PMI"
    /// A launcher that speaks PMIx: `srun --mpi=pmix`, `prterun`.
    case pmix = "a launcher with PMIx"
    /// `srun` without either: its processes know their number, but not how to reach each other.
    case srun = "srun without PMI"
  }

  public var launcher: Launcher
  /// This process's rank, as the launcher says.
  public var rank: Int
  /// How many processes it started; nil: it does not say.
  public var count: Int?

  /// What an environment tells; nil where this process was started alone.
  public init?(environment: [String: String]) {
    func number(_ key: String) -> Int? {
      environment[key].flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil }
    }
    // A step of Slurm that was allocated by several tasks may run one process only.
    let slurmCount = number("SLURM_STEP_NUM_TASKS")
    if let rank = number("OMPI_COMM_WORLD_RANK"), let count = number("OMPI_COMM_WORLD_SIZE") {
      (launcher, self.rank, self.count) = (.openMPI, rank, count)
    } else if let rank = number("PMI_RANK") {
      (launcher, self.rank, self.count) = (.pmi, rank, number("PMI_SIZE") ?? slurmCount)
    } else if let rank = number("PMIX_RANK") {
      (launcher, self.rank, self.count) = (.pmix, rank, slurmCount)
    } else if let rank = number("SLURM_PROCID"), let slurmCount, slurmCount > 1 {
      (launcher, self.rank, self.count) = (.srun, rank, slurmCount)
    } else {
      return nil
    }
  }

  /// The libraries of Open MPI, and of MPICH and those with its binary interface.
  static let (openMPI, mpich) = (["libmpi.so.40"], ["libmpich.so.12", "libmpi.so.12"])

  /// The libraries to try, the most likely first.
  var libraries: [String] {
    launcher == .pmi ? Self.mpich + Self.openMPI : Self.openMPI + Self.mpich
  }
}
