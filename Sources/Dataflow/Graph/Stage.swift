/// One step of a pipeline: a function from the values at its ports to one output value.
///
/// A stage is a value whose stored properties are its parameters. `run` is synchronous; the
/// scheduler calls it on a worker of the stage's ``lane``. The output must depend only on the
/// inputs and parameters, and on what those who made the inputs found (``StageContext/inherited``), never on the number of
/// cores or on other cases.
public protocol Stage: Sendable {
  /// The types of the input values, as ``Inputs``.
  associatedtype Input: StageInputs
  /// The type of the output value.
  associatedtype Output: StageValue

  /// The name that pipeline files and reports use: a verb, such as `binarize`.
  static var kind: String { get }
  /// The names of the ports, in the order of `Input`, such as `minuend`, `subtrahend`.
  static var ports: [String] { get }
  /// The version of the stage's behaviour, starting at 1. Raise it with every change that gives
  /// another output for the same inputs and parameters, so that values cached before the change are
  /// not reused.
  static var version: Int { get }
  /// Which workers run the stage.
  var lane: Lane { get }

  /// Prepares what all cases share, such as a model file. Called before the first case of a run.
  ///
  /// - Returns: notes for the account; empty if there is nothing to prepare.
  /// - Throws: an error that makes every case impossible.
  func prepare() throws -> [Note]

  /// Digests of what the output depends on besides inputs and parameters, such as the bytes of a
  /// model file. Called after ``prepare()``.
  ///
  /// - Returns: the digests by the name of a parameter; in the recipe, each takes the place of that
  ///   parameter's value.
  /// - Throws: an error if such a file cannot be read.
  func digests() throws -> [String: String]

  /// Whether the value holds the name of its case, so that a case of the same files under another name has
  /// another value.
  var holdsCaseName: Bool { get }

  /// Checks before the first case whether the stage can work with what is known of its inputs, such
  /// as which model makes them. Called after ``prepare()``, in the order of the graph.
  ///
  /// - Parameter inputs: what the stages at the ports returned here, in the order of the ports; nil
  ///   if nothing is known.
  /// - Returns: what later stages may know of the output, or nil.
  /// - Throws: an error if every case would fail at this stage.
  func foresee(behind inputs: [(any Sendable)?]) throws -> (any Sendable)?

  /// The memory and cores that a run needs, given the sizes of its inputs. The scheduler asks with
  /// predicted sizes before any data are read, and with the actual sizes before the run.
  ///
  /// - Throws: an error if the demand is unknown, for example because a model cannot be read; it
  ///   fails the case.
  func demand(for inputs: [Extent]) throws -> Demand

  /// Computes the output.
  ///
  /// The stage owns its inputs. If it is the last user of a value, nobody else holds it: a stage
  /// that takes `consuming` inputs and calls ``Inputs/take()`` can change the value in place.
  ///
  /// - Throws: an error that fails this case; other cases continue.
  func run(_ input: consuming Input, in context: StageContext) throws -> Output
}

extension Stage {
  /// One port named `of`.
  public static var ports: [String] { ["of"] }
  public static var version: Int { 1 }
  public var lane: Lane { .compute }
  public func prepare() -> [Note] { [] }
  public func digests() -> [String: String] { [:] }
  public var holdsCaseName: Bool { false }
  public func foresee(behind inputs: [(any Sendable)?]) -> (any Sendable)? { nil }
}
