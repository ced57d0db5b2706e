import Codec
import Primitives
import Testing

struct JSONRefusal: Sendable {
    let text: [UInt8]
    let because: JSONError

    init(_ text: String, _ because: JSONError) {
        self.text = Array(text.utf8)
        self.because = because
    }

    init(bytes: [UInt8], _ because: JSONError) {
        self.text = bytes
        self.because = because
    }
}

@Suite struct JSONTests {
    static func parse(_ text: String) throws(JSONError) -> JSON {
        try JSON(parsing: Array(text.utf8))
    }

    @Test func readsEveryKind() throws {
        let json = try JSONTests.parse(
            #" { "a" : [ null , true , false , -0.5e+10 , "x" , [ ] , { } ] , "b" : 7 } "#)
        #expect(json["a"]?[0]?.isNull == true)
        #expect(json["a"]?[1]?.bool == true)
        #expect(json["a"]?[2]?.bool == false)
        #expect(json["a"]?[3]?.number?.text == "-0.5e+10")
        #expect(json["a"]?[3]?.double == -0.5e+10)
        #expect(json["a"]?[4]?.string == "x")
        #expect(json["a"]?[5]?.array?.isEmpty == true)
        #expect(json["a"]?[6]?.object?.isEmpty == true)
        #expect(json["a"]?[7] == nil)
        #expect(json["a"]?[-1] == nil)
        #expect(json["b"]?.uint64 == 7)
        #expect(json["c"] == nil)
        #expect(json[0] == nil)
        #expect(json["b"]?["c"] == nil)
        let wanted: JSON = [
            "a": [nil, true, false, .number(try #require(JSONNumber("-0.5e+10"))), "x", [], [:]],
            "b": 7,
        ]
        #expect(json == wanted)
    }

    @Test(arguments: [
        (#""""#, ""), (#""a\"\\\/\b\f\n\r\tz""#, "a\"\\/\u{8}\u{c}\n\r\tz"),
        (#""\u0041\u00e9\u20AC""#, "Aé€"), (#""\uD83D\uDE00!""#, "😀!"),
        (#""é€😀""#, "é€😀"), (#""\u0000""#, "\0"),
        (#""\uffff\ud7ff\ue000""#, "\u{ffff}\u{d7ff}\u{e000}"),
        (#""\udbff\udfff""#, "\u{10ffff}"), ("\"\u{7f}\"", "\u{7f}"),
    ])
    func readsStrings(_ text: String, _ wanted: String) throws {
        #expect(try JSONTests.parse(text).string == wanted)
    }

    @Test(arguments: [
        JSONRefusal("", .unexpectedEnd(at: 0)),
        JSONRefusal("  ", .unexpectedEnd(at: 2)),
        JSONRefusal("[", .unexpectedEnd(at: 1)),
        JSONRefusal("[1", .unexpectedEnd(at: 2)),
        JSONRefusal("[1,", .unexpectedEnd(at: 3)),
        JSONRefusal("[1,]", .unexpectedByte(0x5d, at: 3)),
        JSONRefusal("[1 2]", .unexpectedByte(0x32, at: 3)),
        JSONRefusal("[,1]", .unexpectedByte(0x2c, at: 1)),
        JSONRefusal("{", .unexpectedEnd(at: 1)),
        JSONRefusal("{1:2}", .unexpectedByte(0x31, at: 1)),
        JSONRefusal(#"{"a"}"#, .unexpectedByte(0x7d, at: 4)),
        JSONRefusal(#"{"a":}"#, .unexpectedByte(0x7d, at: 5)),
        JSONRefusal(#"{"a":1,}"#, .unexpectedByte(0x7d, at: 7)),
        JSONRefusal(#"{"a":1"#, .unexpectedEnd(at: 6)),
        JSONRefusal(#"{"a":1;"#, .unexpectedByte(0x3b, at: 6)),
        JSONRefusal(#"{"a":1,"a":2}"#, .duplicateKey("a", at: 7)),
        JSONRefusal(#"{"a":1,"\u0061":2}"#, .duplicateKey("a", at: 7)),
        JSONRefusal("tru", .unexpectedEnd(at: 3)),
        JSONRefusal("trux", .unexpectedByte(0x78, at: 3)),
        JSONRefusal("True", .unexpectedByte(0x54, at: 0)),
        JSONRefusal("nul]", .unexpectedByte(0x5d, at: 3)),
        JSONRefusal("NaN", .unexpectedByte(0x4e, at: 0)),
        JSONRefusal("'a'", .unexpectedByte(0x27, at: 0)),
        JSONRefusal("+1", .unexpectedByte(0x2b, at: 0)),
        JSONRefusal(".5", .unexpectedByte(0x2e, at: 0)),
        JSONRefusal("01", .invalidNumber(at: 0)),
        JSONRefusal("[-01]", .invalidNumber(at: 1)),
        JSONRefusal("-", .invalidNumber(at: 0)),
        JSONRefusal("-x", .invalidNumber(at: 0)),
        JSONRefusal("1.", .invalidNumber(at: 0)),
        JSONRefusal("1.e5", .invalidNumber(at: 0)),
        JSONRefusal("1e", .invalidNumber(at: 0)),
        JSONRefusal("1e+", .invalidNumber(at: 0)),
        JSONRefusal("0x10", .trailingBytes(at: 1)),
        JSONRefusal("1 2", .trailingBytes(at: 2)),
        JSONRefusal("{} x", .trailingBytes(at: 3)),
        JSONRefusal("null\u{0}", .trailingBytes(at: 4)),
        JSONRefusal("\"a", .unexpectedEnd(at: 2)),
        JSONRefusal("\"a\\", .unexpectedEnd(at: 3)),
        JSONRefusal("\"a\nb\"", .controlCharacter(0x0a, at: 2)),
        JSONRefusal("\"\u{0}\"", .controlCharacter(0, at: 1)),
        JSONRefusal(#""\x""#, .invalidEscape(at: 1)),
        JSONRefusal(#""ab\u12G4""#, .invalidEscape(at: 3)),
        JSONRefusal(#""\u12""#, .invalidEscape(at: 1)),
        JSONRefusal(#""\u12"#, .unexpectedEnd(at: 5)),
        JSONRefusal(#""\ud800""#, .loneSurrogate(at: 1)),
        JSONRefusal(#""\ud800x""#, .loneSurrogate(at: 1)),
        JSONRefusal(#""\ud800\n""#, .loneSurrogate(at: 1)),
        JSONRefusal(#""\ud800\ud800""#, .loneSurrogate(at: 1)),
        JSONRefusal(#""\udc00\ud800""#, .loneSurrogate(at: 1)),
        JSONRefusal(#""\ud800\u0041""#, .loneSurrogate(at: 1)),
        JSONRefusal("\u{feff}1", .unexpectedByte(0xef, at: 0)),
        JSONRefusal("//\n1", .unexpectedByte(0x2f, at: 0)),
    ])
    func refuses(_ row: JSONRefusal) {
        #expect(throws: row.because) { try JSON(parsing: row.text) }
    }

    /// Unicode table 3-7: every boundary of ill-formed sequences.
    @Test(
        arguments: [
            [0x80], [0xbf], [0xc0, 0x80], [0xc1, 0xbf], [0xc2], [0xc2, 0x7f], [0xc2, 0xc0],
            [0xe0, 0x9f, 0xbf], [0xe0, 0xa0], [0xe1, 0x80, 0x7f], [0xed, 0xa0, 0x80],
            [0xed, 0xbf, 0xbf], [0xf0, 0x8f, 0xbf, 0xbf], [0xf0, 0x90, 0x80],
            [0xf4, 0x90, 0x80, 0x80],
            [0xf5, 0x80, 0x80, 0x80], [0xff], [0xfe],
        ] as [[UInt8]])
    func refusesInvalidUTF8(_ sequence: [UInt8]) {
        #expect(throws: JSONError.invalidUTF8(at: 2)) {
            try JSON(parsing: [0x22, 0x41] + sequence + [0x22])
        }
        // Cut at the end of the text, and after an escape.
        #expect(throws: JSONError.invalidUTF8(at: 3)) {
            try JSON(parsing: [0x22, 0x5c, 0x6e] + sequence)
        }
    }

    @Test func everyTwoAndThreeByteSequenceIsJudgedAsTheStandardLibraryDoes() {
        for first in UInt8(0x80)...0xff {
            for second in UInt8(0x20)...0xff where second != 0x22 && second != 0x5c {
                for rest in [[], [0x80], [0x80, 0xbf]] as [[UInt8]] {
                    let sequence = [first, second] + rest
                    let isValid = String(validating: sequence, as: UTF8.self) != nil
                    let parsed = try? JSON(parsing: [0x22] + sequence + [0x22])
                    #expect((parsed != nil) == isValid, "\(sequence)")
                }
            }
        }
    }

    @Test func limitsHoldExactly() throws {
        let limits = JSONLimits(bytesMax: 20, depthMax: 3, itemsMax: 5)
        func parse(_ text: String) throws(JSONError) {
            _ = try JSON(parsing: Array(text.utf8), limits: limits)
        }
        try parse("[[[]]]")
        #expect(throws: JSONError.tooDeep(max: 3, at: 3)) { try parse("[[[[]]]]") }
        #expect(throws: JSONError.tooDeep(max: 3, at: 7)) { try parse(#"[[{"a":{}}]]"#) }
        try parse("[1,1,1,1]")
        #expect(throws: JSONError.tooManyItems(max: 5, at: 9)) { try parse("[1,1,1,1,1]") }
        try parse(String(repeating: " ", count: 19) + "1")
        #expect(throws: JSONError.tooManyBytes(21, max: 20)) {
            try parse(String(repeating: " ", count: 20) + "1")
        }
    }

    @Test func standardDepthIsReachedAndNotPassed() throws {
        let deepest = String(repeating: "[", count: 128) + String(repeating: "]", count: 128)
        _ = try JSONTests.parse(deepest)
        #expect(throws: JSONError.tooDeep(max: 128, at: 128)) {
            try JSONTests.parse("[" + deepest + "]")
        }
        #expect(throws: JSONError.tooDeep(max: 128, at: 128)) {
            try JSONTests.parse(String(repeating: "[", count: 1_000_000))
        }
    }

    @Test func canonicallyEquivalentTextsDiffer() throws {
        let composed: JSON = "\u{e9}"
        let decomposed: JSON = "e\u{301}"
        #expect(composed != decomposed)
        let json = try JSONTests.parse("{\"\u{e9}\":1,\"e\u{301}\":2}")
        #expect(json["\u{e9}"]?.uint64 == 1)
        #expect(json["e\u{301}"]?.uint64 == 2)
    }

    /// Any cut or changed byte of a good text is refused or read, and never traps.
    @Test func damagedTextNeverTraps() throws {
        let good = Array(#"{"a\u00e9é":[1.5e3,-0,"\ud83d\ude00",true,null],"b":{"c":false}}"#.utf8)
        _ = try JSON(parsing: good)
        for end in 0..<good.count {
            #expect(throws: JSONError.self) { try JSON(parsing: Array(good[..<end])) }
        }
        for index in good.indices {
            for byte in UInt8.min...UInt8.max {
                var damaged = good
                damaged[index] = byte
                guard let value = try? JSON(parsing: damaged) else { continue }
                #expect(try JSON(parsing: value.serialized) == value)
            }
        }
    }
}
