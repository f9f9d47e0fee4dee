import Foundation

/// ln, of numbers above 0; not a number for others.
func naturalLogarithm(_ number: Double) -> Double { number > 0 ? log(number) : .nan }
