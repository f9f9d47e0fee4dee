import Errors
import Files
import Foundation
import Testing

@Suite struct ErrorNumberTests {
  @Test(arguments: [
    (ENOSPC, Diagnostic.Code.diskFull), (EIO, .transient), (EMFILE, .transient),
    (EACCES, .unwritable), (0, .unwritable),
  ])
  func tellsWhatMayPassFromWhatStays(_ number: Int32, _ code: Diagnostic.Code) {
    #expect(Diagnostic.Code(number, otherwise: .unwritable) == code)
  }
}
