import TestSupport
import Testing

/// `calvaria train` as one of several processes; with a real MPI, `make mpi-test` has more.
@Suite struct TrainRanksTests {
  /// Each would train alone, and all would write into one folder. Each tells: nobody knows of the others.
  @Test func severalProcessesWithoutMPIDoNotTrain() throws {
    let folder = TemporaryFolder()
    for rank in 0..<2 {
      let run = try Calvaria.run(
        ["train", Calvaria.root + "/training/smoke.yaml", "-o", folder("a")],
        environment: [
          "OMPI_COMM_WORLD_RANK": "\(rank)", "OMPI_COMM_WORLD_SIZE": "2",
          "CALVARIA_MPI": "/no/libmpi.so",
        ])
      #expect(run.status == 2)
      #expect(run.errorLines.count == 1 && run.errors.contains("rank \(rank): MPI: expected"))
      #expect(
        run.errors.contains("the 2 processes of mpirun") && run.errors.contains("/no/libmpi.so"))
    }
    #expect(folder.names(in: ".").isEmpty)
  }

  /// Several trainings under one launcher, each with settings of its own.
  @Test func eachProcessMayTrainForItself() throws {
    let folder = TemporaryFolder()
    let run = try Calvaria.run(
      ["train", Calvaria.root + "/training/smoke.yaml", "-q", "-o", folder("a")],
      environment: [
        "OMPI_COMM_WORLD_RANK": "1", "OMPI_COMM_WORLD_SIZE": "2", "CALVARIA_MPI": "none",
      ])
    #expect(run.status == 0, "\(run.errors)")
    #expect(folder.names(in: "a").contains("model.safetensors"))
  }
}
