import Codec
import Primitives
import Testing

@Suite struct JSONWriterTests {
    @Test func writesCompactText() {
        let json: JSON = [
            "id": 1, "jsonrpc": "2.0", "result": ["0x1", nil, false, -5, [:], []],
        ]
        #expect(
            json.description
                == #"{"id":1,"jsonrpc":"2.0","result":["0x1",null,false,-5,{},[]]}"#)
    }

    @Test func escapesOnlyWhatMustBe() {
        let json: JSON = "\u{0}\u{1f}\u{8}\u{c}\n\r\t\"\\/é\u{7f}😀"
        #expect(
            json.description == "\"\\u0000\\u001f\\b\\f\\n\\r\\t\\\"\\\\/é\u{7f}😀\"")
    }

    @Test func indentsByTwo() {
        let json: JSON = ["a": [1, [:]], "b": [], "c": ["d": "e"]]
        let wanted = """
            {
              "a": [
                1,
                {}
              ],
              "b": [],
              "c": {
                "d": "e"
              }
            }
            """
        #expect(json.prettyPrinted == wanted)
    }

    @Test func interpolatesText() {
        let number = 7
        #expect(("n\(number)" as JSON).string == "n7")
    }

    @Test func randomValuesRoundTrip() throws {
        var random = SeededRandom(seed: 0x6a73_6f6e)
        for _ in 0..<500 {
            let value = JSONWriterTests.value(depth: 4, from: &random)
            #expect(try JSON(parsing: value.serialized) == value)
            #expect(try JSON(parsing: Array(value.prettyPrinted.utf8)) == value)
        }
    }

    static func value(depth: Int, from random: inout SeededRandom) -> JSON {
        switch random.next() % (depth == 0 ? 4 : 6) {
        case 0: return .null
        case 1: return .bool(random.next() & 1 == 0)
        case 2: return .number(JSONNumber(Int64(truncatingIfNeeded: random.next())))
        case 3: return .string(text(from: &random))
        case 4:
            return .array(
                (0..<random.next() % 5).map { _ in value(depth: depth - 1, from: &random) })
        default:
            var object = JSONObject()
            for _ in 0..<random.next() % 25 {
                object[text(from: &random)] = value(depth: depth - 1, from: &random)
            }
            return .object(object)
        }
    }

    static func text(from random: inout SeededRandom) -> String {
        var text = ""
        for _ in 0..<random.next() % 8 {
            let limits: [UInt64] = [0x20, 0x80, 0x800, 0x1_0000, 0x11_0000]
            let limit = limits[Int(random.next() % 5)]
            if let scalar = Unicode.Scalar(UInt32(random.next() % limit)) {
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
