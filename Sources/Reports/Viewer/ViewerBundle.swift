import Files

/// NiiVue, the viewer of volumes and meshes that pages of cases hold: BSD-2, out of the wheel of ipyniivue.
///
/// The program does not bring it: `scripts/fetch` takes the wheel, whose bytes are pinned. The script lies in it as a raw
/// deflate stream, which pages take as it is.
struct ViewerBundle: Sendable {
  /// The raw deflate stream of a JavaScript module.
  let stream: ArraySlice<UInt8>

  static let version = "0.65.0"
  static let fileName = "sample-data/fetched/ipyniivue.whl"
  private static let sha256 = "5e42b192a607b398c900a1e66d18aab1b41da4653a7e1641c18959bf1873cadc"
  /// Where the stream of `ipyniivue/static/widget.js` lies in these bytes.
  private static let range = 40164..<40164 + 1_599_296

  /// What must stand wherever the viewer does.
  static let licence = [
    "NiiVue. Copyright (c) 2025, Niivue. All rights reserved. BSD 2-Clause License.",
    "Redistribution and use in source and binary forms, with or without modification, are permitted provided that the following conditions are met: 1. Redistributions of source code must retain the above copyright notice, this list of conditions and the following disclaimer. 2. Redistributions in binary form must reproduce the above copyright notice, this list of conditions and the following disclaimer in the documentation and/or other materials provided with the distribution.",
    "THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS \"AS IS\" AND ANY EXPRESS OR IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDER OR CONTRIBUTORS BE LIABLE FOR ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR SERVICES; LOSS OF USE, DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER CAUSED AND ON ANY THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY, OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE OF THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.",
  ]

  /// The viewer that comes with the program.
  ///
  /// - Returns: nil where the wheel was not fetched, or its bytes are others than those that are pinned.
  static func installed() -> ViewerBundle? {
    guard let file = try? InputFile(ProgramFiles.located(fileName)), file.size >= range.upperBound,
      let bytes = try? file.bytes(at: 0, count: file.size),
      bytes.withUnsafeBytes({ SHA256.hexDigest(of: $0) }) == sha256
    else { return nil }
    return ViewerBundle(stream: bytes[range])
  }
}
