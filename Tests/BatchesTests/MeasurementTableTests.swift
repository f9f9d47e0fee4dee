import Accounts
import Completion
import Evaluation
import Foundation
import Implants
import Testing

/// `measurements` of an account and `measurements.csv`.
@Suite struct MeasurementTableTests {
  /// Two holes, of which the smaller was left open.
  static func findings() throws -> CompletionFindings {
    let text = """
      {"defects": [{"kind": "cranial", "areaMM2": 2512.34567, "perimeterMM": 190.5, "diametersMM": [70, 51.2],
        "centroidLPS": [40, -20, 60], "crossesMidline": false, "atBorder": false, "isFilled": true},
       {"kind": "orbital", "areaMM2": 400, "perimeterMM": 75, "diametersMM": [25, 20],
        "centroidLPS": [38, -24, 55], "crossesMidline": true, "atBorder": true, "isFilled": false}],
       "model": "auto", "confidence": 0.9}
      """
    return try JSONDecoder().decode(CompletionFindings.self, from: Data(text.utf8))
  }

  static func measures() throws -> ImplantMeasures {
    let text = """
      {"asymmetryMM": 1.23456, "pieces": [
        {"centroidLPS": [41, -22, 58], "volumeMM3": 12345, "mirrorMM": 1.5, "partVolumeMM3": 11000, "partAreaMM2": 6000,
         "boneThickness": {"medianMM": 6.1, "p10MM": 4, "p90MM": 8}},
        {"centroidLPS": [30, -10, 70], "volumeMM3": 1000},
        {"centroidLPS": [-60, 80, 0], "volumeMM3": 500, "partVolumeMM3": 400, "partAreaMM2": 300}]}
      """
    return try JSONDecoder().decode(ImplantMeasures.self, from: Data(text.utf8))
  }

  @Test func piecesAreCountedToTheHoleThatTheyFill() throws {
    let chart = ChartMeasurements(try Self.findings(), try Self.measures())
    #expect(chart.asymmetryMM == 1.235 && chart.boneBandMM == [3, 13])
    #expect(chart.holes.map(\.hole) == [1, 2, 3])
    #expect(chart.holes.map(\.isFilled) == [true, false, true])
    #expect(chart.holes[0].areaCM2 == 25.123 && chart.holes[0].widthMM == 51.2)
    // Two pieces fill it; no part is made of the second.
    #expect(chart.holes[0].volumeCM3 == 13.345 && chart.holes[0].partVolumeCM3 == 11)
    #expect(chart.holes[0].boneMedianMM == 6.1 && chart.holes[0].mirrorMM == 1.5)
    #expect(chart.holes[1].volumeCM3 == nil && chart.holes[1].atBorder == true)
    // A piece in no hole that was found.
    #expect(chart.holes[2].kind == nil && chart.holes[2].areaCM2 == nil)
    #expect(chart.holes[2].volumeCM3 == 0.5 && chart.holes[2].centroidLPS == [-60, 80, 0])
  }

  @Test func aRowForEachHoleAndOneForACaseWithoutAny() throws {
    let cases = [
      MeasurementTable.Case(
        name: "a, \"b\"\nc", kind: "left",
        measurements: ChartMeasurements(try Self.findings(), try Self.measures()),
        status: .completed),
      MeasurementTable.Case(
        name: "d", kind: "", measurements: ChartMeasurements(nil, nil), status: .failed),
    ]
    let csv = MeasurementTable(cases: cases).csv
    let name = "\"a, \"\"b\"\"\nc\",left"
    #expect(
      csv == """
        case,kind,hole,defect,filled,crosses_midline,at_border,x,y,z,area_cm2,perimeter_mm,diameter_mm,width_mm,\
        volume_cm3,bone_median_mm,bone_p10_mm,bone_p90_mm,mirror_mm,asymmetry_mm,part_volume_cm3,part_area_cm2,status\r
        \(name),1,cranial,true,false,false,40.0,-20.0,60.0,25.123,190.5,70.0,51.2,13.345,6.1,4.0,8.0,1.5,1.235,11.0,60.0,completed\r
        \(name),2,orbital,false,true,true,38.0,-24.0,55.0,4.0,75.0,25.0,20.0,,,,,,1.235,,,completed\r
        \(name),3,,true,,,-60.0,80.0,0.0,,,,,0.5,,,,,1.235,0.4,3.0,completed\r
        d,,,,,,,,,,,,,,,,,,,,,,failed\r

        """)
  }
}
