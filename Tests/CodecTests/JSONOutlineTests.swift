import Codec
import Primitives
import Testing

@Suite struct JSONOutlineTests {
    private static let limits = JSONLimits(bytesMax: 4096, depthMax: 6, itemsMax: 200)

    private static let texts: [String] = [
        "", " ", "{", "}", "[", "]", "null", "true", "false", "tru", "nul", "fals!", "x", "1 2",
        "0", "-0", "-1", "01", "1.", "1.5", "1e3", ".5", "-", "18446744073709551615",
        "18446744073709551616", "9999999999999999999", "00000000000000000001",
        #""""#, #""a"#, #""\n""#, #""\x""#, #""\ud800""#, #""\ud83d\ude00é""#, #""a\"#,
        "\"\u{1}\"", #"{}"#, #"[]"#, #"[1,]"#, #"[1 2]"#, #"[[[[[[1]]]]]]"#, #"[[[[[[[1]]]]]]]"#,
        #"{"a":1,"a":2}"#, #"{"a":1,"\u0061":2}"#, #"{"\u0061":1,"a":2}"#, #"{"a":1,}"#,
        #"{"a" 1}"#, #"{a:1}"#, #"{"a":[{"b":"c","d":[1,2,{"e":null}]},true],"f":"g\\h"} "#,
        #"{"name":{"a":{"b":{"c":"d"}}},"nam":1,"names":[]}"#,
        "[" + String(repeating: "1,", count: 198) + "1]",
        "[" + String(repeating: "1,", count: 199) + "1]",
        wide(16, last: "k3"), wide(17, last: "k3"), wide(40, last: "k39"), wide(40, last: "k40"),
        wide(40, last: #"k\u0033"#),
        String(repeating: " ", count: 4096), String(repeating: " ", count: 4097),
    ]

    /// An object of so many members `k0`… and one more.
    private static func wide(_ count: Int, last: String) -> String {
        let members = (0..<count).map { "\"k\($0)\":\($0)," }.joined()
        return "{\(members)\"\(last)\":0}"
    }

    /// The tree's verdict on the bytes is the outline's, and so is each value in them.
    private static func compare(_ bytes: [UInt8]) {
        do throws(JSONError) {
            let tree = try JSON(parsing: bytes, limits: limits)
            let outline = try? JSONOutline(parsing: bytes, limits: limits)
            #expect(outline.map { isSame($0.root, tree) } == true, "\(bytes)")
        } catch {
            #expect(throws: error, "\(bytes)") {
                try JSONOutline(parsing: bytes, limits: limits)
            }
        }
    }

    private static func isSame(_ item: JSONOutline.Item, _ tree: JSON) -> Bool {
        guard item.uint64 == tree.uint64, item.string == tree.string,
            item.isArray == (tree.array != nil), item.isObject == (tree.object != nil)
        else { return false }
        let elements = tree.array ?? []
        guard item.elements.count == elements.count,
            zip(item.elements, elements).allSatisfy({ isSame($0, $1) })
        else { return false }
        guard let members = tree.object else { return true }
        return item.count == members.count && agree(item, members)
    }

    /// Members are looked up by names that the code writes down.
    private static func agree(_ item: JSONOutline.Item, _ members: JSONObject) -> Bool {
        let names: [StaticString] = [
            "a", "b", "c", "d", "e", "f", "name", "nam", "names", "k3", "",
        ]
        return names.allSatisfy { name in
            let member = members[name.description]
            guard let found = item[name] else { return member == nil }
            return item.uint64(name) == member?.uint64
                && member.map { isSame(found, $0) } == true
        }
    }

    @Test func readsAndRefusesWhatTheTreeDoes() {
        for text in Self.texts { Self.compare(Array(text.utf8)) }
        Self.compare([0xff])
        Self.compare([0x22, 0xc0, 0x80, 0x22])
    }

    @Test func agreesOnDamagedTexts() {
        var random = SeededRandom(seed: 17)
        let signs = Array("{}[]\",:\\u0a1-. \n".utf8) + [0x00, 0xc3, 0xff]
        for text in Self.texts where text.utf8.count > 1 && text.utf8.count < 600 {
            for _ in 0..<60 {
                var bytes = Array(text.utf8)
                for _ in 0...Int.random(in: 0...2, using: &random) {
                    let place = Int.random(in: 0..<bytes.count, using: &random)
                    bytes[place] = signs[Int.random(in: 0..<signs.count, using: &random)]
                }
                Self.compare(bytes)
            }
        }
    }
}
