import DataSets
import Testing

@Suite struct CaseNamesTests {
  @Test(arguments: [
    (["a/000.nrrd", "b.nii.gz", "c.hdr"], ["000", "b", "c"]),
    (["x.y.NRRD", "plain", ".nrrd"], ["x.y", "plain", "_nrrd"]),
    (
      ["bilateral/000.nrrd", "random_1/000.nrrd", "001.nrrd"],
      ["bilateral-000", "random_1-000", "001"]
    ),
    (["p/a/0.nrrd", "q/a/0.nrrd"], ["p-a-0", "q-a-0"]),
    (["0.nrrd", "0.nii"], ["0", "0-2"]),
    (["a/0.nrrd", "a/0.nrrd"], ["a-0", "a-0-2"]),
    (["/", ""], ["case", "case-2"]),
    (
      ["a/...nrrd", "..nrrd", "b/run.json.nrrd", "..", ".hidden.nii"],
      ["_.", "_", "run_json", "case", "_hidden"]
    ),
    (["a-b/c.nrrd", "a/b-c.nrrd", "b/c.nrrd"], ["a-b-c", "a-b-c-2", "b-c"]),
  ])
  func names(paths: [String], expected: [String]) {
    #expect(CaseNames.names(of: paths) == expected)
  }

  @Test func manyNamesAreAllDifferent() {
    let paths = (0..<2000).map { "\($0 % 7)/\($0 % 11)/case.nrrd" }
    #expect(Set(CaseNames.names(of: paths)).count == 2000)
  }
}
