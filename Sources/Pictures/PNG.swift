import CPNG
import Errors

/// Pictures as PNG files, through libpng's simplified interface.
///
/// That interface reports failures in a structure; the classic one leaves C frames by `longjmp`,
/// which Swift does not allow. *Source*: libpng manual, section "Simplified API".
public enum PNG {
  /// The version of libpng that the program was built with, such as `1.6.39`.
  public static var libraryVersion: String { PNG_LIBPNG_VER_STRING }

  /// The picture as the bytes of a file: 8-bit RGB, sRGB.
  ///
  /// - Throws: `Diagnostic` with libpng's message.
  public static func encode(_ picture: RGBImage) throws -> [UInt8] {
    var image = png_image()
    image.version = png_uint_32(PNG_IMAGE_VERSION)
    image.width = png_uint_32(picture.width)
    image.height = png_uint_32(picture.height)
    image.format = png_uint_32(PNG_FORMAT_FLAG_COLOR)
    // A third of the time for a tenth more bytes.
    image.flags = png_uint_32(PNG_IMAGE_FLAG_FAST)
    defer { png_image_free(&image) }
    // Never larger than the stored form: what PNG_IMAGE_PNG_SIZE_MAX counts, with room to spare.
    let raw = picture.height * (1 + picture.width * 3)
    let bound = raw + raw / 1000 + 65536
    var failed = false
    let file = [UInt8](unsafeUninitializedCapacity: bound) { file, count in
      var size = bound
      let done = picture.bytes.withUnsafeBytes {
        png_image_write_to_memory(
          &image, file.baseAddress, &size, 0, $0.baseAddress, png_int_32(picture.width * 3), nil)
      }
      failed = done == 0
      count = failed ? 0 : size
    }
    if failed { throw refusal(.notRepresentable, message(of: image)) }
    return file
  }

  /// The picture in the bytes of a file, as 8-bit RGB; transparency is laid over black.
  ///
  /// - Throws: `Diagnostic` with libpng's message, or for a picture over 2²⁸ pixels.
  public static func decode(_ file: [UInt8]) throws -> RGBImage {
    var image = png_image()
    image.version = png_uint_32(PNG_IMAGE_VERSION)
    defer { png_image_free(&image) }
    return try file.withUnsafeBytes { file in
      guard png_image_begin_read_from_memory(&image, file.baseAddress, file.count) != 0 else {
        throw refusal(.corrupt, message(of: image))
      }
      image.format = png_uint_32(PNG_FORMAT_FLAG_COLOR)
      let (width, height) = (Int(image.width), Int(image.height))
      guard width * height <= 1 << 28 else {
        throw refusal(.tooLarge, "\(width) × \(height) pixels")
      }
      var picture = RGBImage(width: width, height: height)
      var background = png_color(red: 0, green: 0, blue: 0)
      let done = picture.bytes.withUnsafeMutableBytes {
        png_image_finish_read(&image, &background, $0.baseAddress, png_int_32(width * 3), nil)
      }
      guard done != 0 else { throw refusal(.corrupt, message(of: image)) }
      return picture
    }
  }

  private static func refusal(_ code: Diagnostic.Code, _ found: String) -> Diagnostic {
    Diagnostic(
      code, field: "PNG", expected: "a picture that libpng takes", found: found,
      remedy: "check the file and the memory")
  }

  private static func message(of image: png_image) -> String {
    withUnsafeBytes(of: image.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
}
