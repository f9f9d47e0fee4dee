import CExpat
import Errors
import Glibc

/// What a reader of XML does with elements. Names are `NAMESPACE|NAME`, or `NAME` without a namespace.
protocol XMLHandler: AnyObject {
  func start(_ name: UnsafePointer<CChar>, _ attributes: XMLAttributes) throws(Diagnostic)
  func end(_ name: UnsafePointer<CChar>) throws(Diagnostic)
  func text(_ bytes: UnsafeRawBufferPointer) throws(Diagnostic)
  func declare(prefix: String, namespace: String)
}

struct XMLAttributes {
  fileprivate let list: UnsafePointer<UnsafePointer<CChar>?>

  /// The value of an attribute; nil without it.
  subscript(name: String) -> String? { raw(name).map { String(cString: $0) } }

  /// The bytes of an attribute's value, ended by 0; nil without it.
  func raw(_ name: UnsafePointer<CChar>) -> UnsafePointer<CChar>? {
    var i = 0
    while let found = list[i], let value = list[i + 1] {
      if strcmp(found, name) == 0 { return value }
      i += 2
    }
    return nil
  }
}

/// Reads XML as its bytes come, by expat.
///
/// A document type is refused, and with it every entity that could expand or name another file. Elements
/// lie at most ``mostDepth`` deep, and none has more than ``longestToken`` bytes.
final class XMLReader {
  private let parser: XML_Parser
  private let handler: any XMLHandler
  private var failure: Diagnostic?
  private var depth = 0
  private var fed = 0

  static let mostDepth = 64
  static let longestToken = 1 << 18

  init(_ handler: any XMLHandler) {
    self.handler = handler
    parser = XML_ParserCreateNS(nil, XML_Char(UInt8(ascii: "|")))!
    XML_SetUserData(parser, Unmanaged.passUnretained(self).toOpaque())
    XML_SetElementHandler(
      parser,
      { user, name, attributes in
        XMLReader.from(user).attempt { reader throws(Diagnostic) in
          reader.depth += 1
          guard reader.depth <= XMLReader.mostDepth else {
            throw reader.error(
              .malformed, "elements at most \(XMLReader.mostDepth) deep", found: "deeper ones")
          }
          try reader.handler.start(name!, XMLAttributes(list: UnsafePointer(attributes!)))
        }
      },
      { user, name in
        XMLReader.from(user).attempt { reader throws(Diagnostic) in
          reader.depth -= 1
          try reader.handler.end(name!)
        }
      })
    XML_SetCharacterDataHandler(parser) { user, bytes, count in
      XMLReader.from(user).attempt { reader throws(Diagnostic) in
        try reader.handler.text(UnsafeRawBufferPointer(start: bytes, count: Int(count)))
      }
    }
    XML_SetStartNamespaceDeclHandler(parser) { user, prefix, namespace in
      guard let prefix, let namespace else { return }
      XMLReader.from(user).handler.declare(
        prefix: String(cString: prefix), namespace: String(cString: namespace))
    }
    XML_SetStartDoctypeDeclHandler(parser) { user, _, _, _, _ in
      XMLReader.from(user).attempt { reader throws(Diagnostic) in
        throw reader.error(.unsupported, "no document type, as 3MF has none", found: "<!DOCTYPE")
      }
    }
  }

  deinit { XML_ParserFree(parser) }

  /// Takes the next bytes; the last call has none.
  func feed(_ bytes: UnsafeRawBufferPointer, isLast: Bool = false) throws(Diagnostic) {
    let status = XML_Parse(
      parser, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(bytes.count),
      isLast ? 1 : 0)
    fed += bytes.count
    if let failure { throw failure }
    guard status == XML_STATUS_OK else {
      throw error(
        .malformed, "well-formed XML",
        found: String(cString: XML_ErrorString(XML_GetErrorCode(parser))))
    }
    // What is not parsed yet is one token; each piece that comes would have it scanned from its start.
    guard fed - Int(XML_GetCurrentByteIndex(parser)) <= Self.longestToken else {
      throw error(
        .tooLarge, "elements of at most \(Self.longestToken) bytes", found: "a longer one")
    }
  }

  /// An error at the place that is read.
  func error(_ code: Diagnostic.Code, _ expected: String, found: String) -> Diagnostic {
    Diagnostic(
      code, field: "XML line \(XML_GetCurrentLineNumber(parser))", expected: expected, found: found,
      remedy: "export the mesh again")
  }

  private static func from(_ user: UnsafeMutableRawPointer?) -> XMLReader {
    Unmanaged<XMLReader>.fromOpaque(user!).takeUnretainedValue()
  }

  /// Runs a step of the handler; after an error nothing more is parsed.
  private func attempt(_ body: (XMLReader) throws(Diagnostic) -> Void) {
    guard failure == nil else { return }
    do throws(Diagnostic) { try body(self) } catch {
      var error = error
      if !error.field.contains("XML line") {
        error.field += " (XML line \(XML_GetCurrentLineNumber(parser)))"
      }
      failure = error
      XML_StopParser(parser, 0)
    }
  }
}
