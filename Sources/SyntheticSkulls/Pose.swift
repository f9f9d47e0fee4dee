internal import Volumes

extension SkullParameters {
  /// Template → patient about the template's origin; never singular.
  var patientFromTemplate: Matrix3 {
    func turn(_ degrees: Double) -> (cosine: Double, sine: Double) {
      let radians = degrees * .pi / 180
      return (PowerSeries.cosine(radians), PowerSeries.sine(radians))
    }
    let (x, y, z) = (turn(angles.x), turn(angles.y), turn(angles.z))
    let aboutX = Matrix3(SIMD3(1, 0, 0), SIMD3(0, x.cosine, x.sine), SIMD3(0, -x.sine, x.cosine))
    let aboutY = Matrix3(SIMD3(y.cosine, 0, -y.sine), SIMD3(0, 1, 0), SIMD3(y.sine, 0, y.cosine))
    let aboutZ = Matrix3(SIMD3(z.cosine, z.sine, 0), SIMD3(-z.sine, z.cosine, 0), SIMD3(0, 0, 1))
    let sheared = Matrix3(SIMD3(1, 0, 0), SIMD3(0, 1, 0), SIMD3(0, shear, 1))
    let sizes = SIMD3(
      PowerSeries.exp(logSize + logAxes.x), PowerSeries.exp(logSize + logAxes.y),
      PowerSeries.exp(logSize + logAxes.z))
    return aboutZ * aboutY * aboutX * sheared * Matrix3(diagonal: sizes)
  }
}
