import Testing

/// All that runs batches, one test after another: stages of tests that wait for each other take
/// workers of Dispatch, which the tests themselves need too.
@Suite(.serialized) struct SchedulingTests {}
