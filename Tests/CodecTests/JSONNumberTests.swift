import Codec
import Primitives
import Testing

@Suite struct JSONNumberTests {
    @Test(arguments: [
        "0", "-0", "1", "-1", "10", "0.0", "1.50", "1e5", "1E5", "1e+5", "1e-05", "-12.34E-56",
        "123456789012345678901234567890",
    ])
    func keepsItsText(_ text: String) throws {
        #expect(try #require(JSONNumber(text)).text == text)
        #expect(try JSON(parsing: Array(text.utf8)).serialized == Array(text.utf8))
    }

    @Test(arguments: [
        "", " 1", "1 ", "+1", "00", "-00", "1.", ".1", "1e", "1e+", "0x1", "-", "1_0", "Infinity",
    ])
    func refusesOtherText(_ text: String) {
        #expect(JSONNumber(text) == nil)
    }

    @Test func integersAreExactAtTheirEnds() throws {
        #expect(JSONNumber(UInt64.max).uint64 == .max)
        #expect(JSONNumber("18446744073709551616")?.uint64 == nil)
        #expect(JSONNumber(Int64.min).int64 == .min)
        #expect(JSONNumber("9223372036854775808")?.int64 == nil)
        #expect(JSONNumber("-1")?.uint64 == nil)
        #expect(JSONNumber("1.0")?.uint64 == nil)
        #expect(JSONNumber("1e3")?.int64 == nil)
        #expect(JSONNumber(UInt256.max).text == UInt256.max.decimal)
    }

    @Test func doublesAreFinite() throws {
        #expect(JSONNumber("0.1")?.double == 0.1)
        #expect(JSONNumber("1e309")?.double == nil)
        #expect(JSONNumber(Double.infinity) == nil)
        #expect(JSONNumber(Double.nan) == nil)
        for value in [0.1, -0.0, 1e20, 1e-7, .greatestFiniteMagnitude, .leastNonzeroMagnitude] {
            let number = try #require(JSONNumber(value))
            #expect(JSONNumber(number.text) == number)
            #expect(number.double == value)
        }
    }
}
