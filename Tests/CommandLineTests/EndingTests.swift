import Errors
import Testing

@testable import calvaria

/// Which errors lead to which exit code.
@Suite struct EndingTests {
  /// The same code ends the same, whether it comes alone or among others.
  @Test(arguments: [
    (Diagnostic.Code.configuration, Ending.usage), (.badParameter, .usage), (.memory, .usage),
    (Diagnostic.Code("bad-setting"), .usage), (Diagnostic.Code("not-in-model"), .usage),
    (Diagnostic.Code("other-model"), .usage), (Diagnostic.Code("other-training"), .usage),
    (.unreadable, .failure), (.malformed, .failure), (.newerVersion, .failure),
    (.transient, .failure), (.unexpected, .failure),
  ])
  func followsFromTheCode(code: Diagnostic.Code, ending: Ending) {
    let error = Diagnostic(code, field: "f", expected: "this", found: "that")
    #expect(Ending(error, of: calvaria.Calvaria.self) == ending)
    #expect(Ending(Diagnostics(error), of: calvaria.Calvaria.self) == ending)
    let input = Diagnostic(.unreadable, field: "g", expected: "this", found: "that")
    #expect(Ending(Diagnostics([input, error]), of: calvaria.Calvaria.self) == ending)
  }
}
