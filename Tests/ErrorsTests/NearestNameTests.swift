import Errors
import Testing

@Suite struct NearestNameTests {
  @Test(arguments: [
    ("threshold", "threshold"), ("treshold", "threshold"), ("thresohld", "threshold"),
    ("THRESHOLD", "threshold"), ("bnoe", "bone"), ("bones", "bone"), ("lod", "load"),
    ("compleet", "complete"),
  ])
  func findsWhatWasMeant(word: String, name: String) {
    let names = ["threshold", "bone", "load", "complete", "subtract"]
    #expect(nearestName(to: word, among: names) == name)
  }

  @Test(arguments: ["", "xyz", "subtraction-of-things", "bcdfg"])
  func staysSilentWhereNothingIsNear(word: String) {
    #expect(nearestName(to: word, among: ["threshold", "bone", "complete"]) == nil)
  }

  @Test func prefersTheNearestThenTheFirstInTheAlphabet() {
    #expect(nearestName(to: "gama", among: ["gamma2", "gamma"]) == "gamma")
    #expect(nearestName(to: "bat", among: ["cat", "bad"]) == "bad")
    #expect(nearestName(to: "a", among: [String]()) == nil)
  }
}
