import Errors
import Testing

@Suite struct CountedTests {
  @Test(arguments: [(0, "0 cases"), (1, "1 case"), (2, "2 cases"), (-1, "-1 cases")])
  func onlyOneIsSingular(count: Int, text: String) {
    #expect(counted(count, "case") == text)
  }

  @Test(arguments: [(1, "1 axis"), (3, "3 axes")])
  func anIrregularPluralIsNamed(count: Int, text: String) {
    #expect(counted(count, "axis", plural: "axes") == text)
  }
}
