/// One step of a pipeline: a function from the values at its ports to one value.
///
/// A stage is a value: its stored properties are its parameters. `run` is synchronous; the scheduler
/// calls it on a worker of the stage's ``lane``. The result depends on the inputs and parameters
/// alone, never on the number of cores or on other cases.
public protocol Stage: Sendable {
  /// The values at the ports, as ``Inputs``.
  associatedtype Input: StageInputs
  /// The value that the stage makes.
  associatedtype Output: StageValue

  /// The name that pipeline files and reports use: a verb, such as `binarize`.
  static var kind: String { get }
  /// The names of the ports, in the order of `Input`, such as `minuend`, `subtrahend`.
  static var ports: [String] { get }
  /// The version of what the stage does, from 1: to be raised with every change after which the same
  /// inputs and parameters give another value, so that values stored before are not taken for it.
  static var version: Int { get }
  /// Where the stage runs.
  var lane: Lane { get }

  /// Readies what all cases share, such as a model file; called before the first case of a run.
  ///
  /// - Returns: what the account of the run says of it; nothing where there is nothing to ready.
  /// - Throws: what makes every case impossible.
  func prepare() throws -> [Note]

  /// What the value depends on beside inputs and parameters, such as the bytes of a model file: digests
  /// by name, each in place of the parameter of its name; called after ``prepare()``.
  ///
  /// - Throws: what cannot be read.
  func digests() throws -> [String: String]

  /// Looks, before the first case, at what the stages before this one let one foresee of the values at
  /// its ports, such as the model that makes them; called after ``prepare()``.
  ///
  /// - Parameter inputs: what they said, in the order of the ports; nil where nothing is known.
  /// - Returns: what the stages behind may know of the output; nil: nothing.
  /// - Throws: why every case would fail here.
  func foresee(behind inputs: [(any Sendable)?]) throws -> (any Sendable)?

  /// What a run takes, from the sizes of its inputs; asked with predicted sizes before any data are
  /// read and with the true ones before the run.
  ///
  /// - Throws: why that cannot be said, such as that a model cannot be read; the case fails with it.
  func demand(for inputs: [Extent]) throws -> Demand

  /// Does the work.
  ///
  /// The stage owns its inputs. Where it is the last user of a value, nobody else holds it: a stage
  /// that takes `consuming` inputs and calls ``Inputs/take()`` changes the value in place.
  ///
  /// - Throws: what went wrong with this case; other cases go on.
  func run(_ input: consuming Input, in context: StageContext) throws -> Output
}

extension Stage {
  /// One port named `of`.
  public static var ports: [String] { ["of"] }
  /// The first.
  public static var version: Int { 1 }
  /// The compute workers.
  public var lane: Lane { .compute }
  /// Nothing to ready.
  public func prepare() -> [Note] { [] }
  /// Nothing.
  public func digests() -> [String: String] { [:] }
  /// Nothing is known.
  public func foresee(behind inputs: [(any Sendable)?]) -> (any Sendable)? { nil }
}
