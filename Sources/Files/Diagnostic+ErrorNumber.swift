public import Errors
import Glibc

extension Diagnostic.Code {
  /// The kind of trouble that an error number of the system tells of; `code` where the number says
  /// nothing special.
  public init(_ number: Int32, otherwise code: Self) {
    switch number {
    case ENOSPC, EDQUOT: self = .diskFull
    case EIO, EAGAIN, EBUSY, ETIMEDOUT, ESTALE, EMFILE, ENFILE, ENOBUFS, ENETDOWN, EHOSTDOWN:
      self = .transient
    default: self = code
    }
  }
}
