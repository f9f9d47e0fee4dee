import Errors
import Testing

@testable import MessagePassing

/// Who started a process, from what launchers leave in the environment.
@Suite struct RankLaunchTests {
  @Test func launchersAreTold() {
    func launch(_ environment: [String: String]) -> RankLaunch? {
      RankLaunch(environment: environment)
    }
    let openMPI = launch([
      "OMPI_COMM_WORLD_RANK": "2", "OMPI_COMM_WORLD_SIZE": "4", "PMIX_RANK": "2",
    ])
    #expect(openMPI?.launcher == .openMPI && openMPI?.rank == 2 && openMPI?.count == 4)
    #expect(openMPI?.libraries.first == "libmpi.so.40")
    let hydra = launch(["PMI_RANK": "1", "PMI_SIZE": "2"])
    #expect(hydra?.launcher == .pmi && hydra?.count == 2)
    #expect(hydra?.libraries.first == "libmpich.so.12")
    let pmix = launch(["PMIX_RANK": "0", "SLURM_STEP_NUM_TASKS": "8", "SLURM_PROCID": "0"])
    #expect(pmix?.launcher == .pmix && pmix?.count == 8)
    let bare = launch(["SLURM_PROCID": "3", "SLURM_STEP_NUM_TASKS": "8"])
    #expect(bare?.launcher == .srun && bare?.rank == 3)
    #expect(launch([:]) == nil)
    // A batch script's own step, and an allocation without a step.
    #expect(launch(["SLURM_PROCID": "0", "SLURM_STEP_NUM_TASKS": "1"]) == nil)
    #expect(launch(["SLURM_PROCID": "0", "SLURM_NTASKS": "8"]) == nil)
    #expect(launch(["OMPI_COMM_WORLD_RANK": "x", "OMPI_COMM_WORLD_SIZE": "4"]) == nil)
  }

  @Test func aProcessByItselfJoinsNobody() throws {
    #expect(try MPIRankGroup.join(environment: [:]) == nil)
    #expect(
      try MPIRankGroup.join(environment: ["OMPI_COMM_WORLD_RANK": "0", "OMPI_COMM_WORLD_SIZE": "1"])
        == nil)
  }

  @Test func withoutALibraryNobodyGoesAlone() throws {
    let environment = [
      "OMPI_COMM_WORLD_RANK": "0", "OMPI_COMM_WORLD_SIZE": "2",
      MPIRankGroup.libraryVariable: "/nowhere/libmpi.so",
    ]
    let error = try #require(throws: Diagnostic.self) {
      try MPIRankGroup.join(environment: environment)
    }
    #expect(error.code == .noMessagePassing && error.expected.contains("the 2 processes"))
    #expect(error.found.contains("/nowhere/libmpi.so"))
    let bare = try #require(throws: Diagnostic.self) {
      try MPIRankGroup.join(environment: ["SLURM_PROCID": "0", "SLURM_STEP_NUM_TASKS": "2"])
    }
    #expect(bare.remedy.contains("--mpi=pmix"))
  }
}
