import Codec
import Testing

@Suite struct JSONObjectTests {
    @Test(arguments: [0, 1, 15, 16, 17, 18, 200])
    func keepsOrderAndFindsEveryMember(_ count: Int) throws {
        var object = JSONObject()
        for number in 0..<count { object["k\(number)"] = .number(JSONNumber(number)) }
        #expect(object.count == count)
        #expect(object.entries.map(\.key) == (0..<count).map { "k\($0)" })
        for number in 0..<count { #expect(object["k\(number)"]?.int64 == Int64(number)) }
        #expect(object["k\(count)"] == nil)
        #expect(try JSON(parsing: JSON.object(object).serialized) == .object(object))
    }

    @Test(arguments: [3, 17, 18, 40])
    func replacesAndRemoves(_ count: Int) {
        var object = JSONObject((0..<count).map { (key: "k\($0)", value: JSON.null) })
        object["k1"] = "new"
        #expect(object.entries[1].value == "new")
        object["k0"] = nil
        object["absent"] = nil
        #expect(object.count == count - 1)
        #expect(object["k0"] == nil)
        #expect(object["k1"] == "new")
        for number in 2..<count { #expect(object["k\(number)"]?.isNull == true) }
        object["k0"] = true
        #expect(object.entries.last?.key == "k0")
    }

    @Test func refusesDuplicatesInWideObjects() {
        let members = (0..<1000).map { "\"k\($0)\":0" }.joined(separator: ",")
        let text = "{\(members),\"k500\":1}"
        #expect(throws: JSONError.duplicateKey("k500", at: members.utf8.count + 2)) {
            try JSON(parsing: Array(text.utf8))
        }
    }

    @Test func literalWithDuplicateTraps() async {
        await #expect(processExitsWith: .failure) { _ = ["a": 1, "a": 2] as JSON }
    }
}
