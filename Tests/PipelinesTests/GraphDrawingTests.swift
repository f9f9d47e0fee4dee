import Foundation
import Pipelines
import Testing

@Suite struct GraphDrawingTests {
  @Test func mermaid() throws {
    let text = GraphDrawing(try pipeline(PipelineFileTests.good)).text(as: .mermaid)
    #expect(
      text == """
        flowchart LR
          n0(["$case"])
          n1["skull<br/>load"]
          n2["bone<br/>bone<br/>pieces: main<br/>threshold: 226"]
          n3[/"bone.nrrd"/]
          n0 -->|"file"| n1
          n1 -->|"scan"| n2
          n2 -->|"mask"| n3

        """)
  }

  @Test func dot() throws {
    let text = GraphDrawing(try pipeline(PipelineFileTests.good)).text(as: .dot)
    #expect(text.hasPrefix("digraph \"bone only\" {"))
    #expect(text.contains("n1 -> n2 [label=\"scan\"];"))
    #expect(text.contains("n3 [shape=note, label=\"bone.nrrd\"];"))
  }

  /// Boxes of the SVG lie inside the picture and none on another.
  @Test func svgBoxesDoNotOverlap() throws {
    let path = #filePath.replacing(
      "Tests/PipelinesTests/GraphDrawingTests.swift", with: "pipelines/implant-mirror.yaml")
    let drawing = GraphDrawing(try Pipeline(PipelineFile(reading: path)))
    let svg = drawing.text(as: .svg)
    let parser = XMLDocumentProbe()
    #expect(parser.parse(svg))
    #expect(parser.frames.count == 22)
    for (index, a) in parser.frames.enumerated() {
      #expect(a.minX >= 0 && a.minY >= 0)
      #expect(a.maxX <= parser.size.width && a.maxY <= parser.size.height)
      for b in parser.frames.dropFirst(index + 1) { #expect(!a.intersects(b)) }
    }
  }
}

/// Reads the frames of the boxes in an SVG by its tags alone.
private final class XMLDocumentProbe {
  var frames: [CGRect] = []
  var size = CGSize.zero

  func parse(_ svg: String) -> Bool {
    for tag in svg.split(separator: "<") where tag.hasPrefix("rect x=") || tag.hasPrefix("svg ") {
      func number(_ name: String) -> Double? {
        guard let range = tag.range(of: " \(name)=\"") else { return nil }
        return Double(tag[range.upperBound...].prefix { $0 != "\"" })
      }
      guard let width = number("width"), let height = number("height") else { return false }
      if tag.hasPrefix("svg ") {
        size = CGSize(width: width, height: height)
      } else {
        guard let x = number("x"), let y = number("y") else { return false }
        frames.append(CGRect(x: x, y: y, width: width, height: height))
      }
    }
    return size.width > 0
  }
}
