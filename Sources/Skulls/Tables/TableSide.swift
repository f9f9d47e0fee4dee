/// The two sides of a shell of bone.
package enum TableSide: CaseIterable, Sendable {
  /// The outer table, under the scalp.
  case outer
  /// The inner table, towards the brain.
  case inner
}
