import Concurrency
import Volumes

extension Mask {
  /// The voxels of a field that lie below a level; NaN does not.
  init(below level: Float, in field: Volume<Float>, threads: Int) {
    self.init(on: field.geometry) { out in
      let (out, count) = (out.baseAddress!, out.count)
      field.withVoxels { field in
        let field = field.baseAddress!
        Slabs.run(count, threads: threads) { for i in $0 { out[i] = field[i] < level ? 1 : 0 } }
      }
    }
  }
}
