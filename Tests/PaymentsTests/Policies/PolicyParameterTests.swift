import Attestation
import Codec
import Payments
import Primitives
import Testing

@Suite struct PolicyParameterTests {
    private static let one = [UInt8](repeating: 0x11, count: 20)
    private static let two = [UInt8](repeating: 0x22, count: 20)
    private static let hash = [UInt8](repeating: 0x33, count: 32)
    private static let oneText = Address(one).hex
    private static let twoText = Address(two).hex
    private static let hashText = Hash(hash).hex

    private static func leaf(_ kind: UInt8, _ body: [UInt8]) -> [UInt8] {
        [1, kind, UInt8(body.count)] + body
    }

    /// The format, byte by byte.
    @Test(
        arguments: [
            ("signed(by=\(twoText)|\(oneText))", leaf(1, [1, 40] + one + two)),
            (
                "signed(scheme=rsa-pss|p256, list=\(hashText))",
                leaf(1, [2, 32] + hash + [3, 1, 12])
            ),
            ("tee(types=tdx|nitro)", leaf(2, [1, 1, 0b1010])),
            (
                "tee(production, age=3600, tcb=OutOfDate)",
                leaf(2, [2, 4, 0, 0, 14, 16, 5, 1, 4, 6, 0])
            ),
            ("tee(age=0)", leaf(2, [2, 4, 0, 0, 0, 0])),
            ("tee(list=\(hashText))", leaf(2, [3, 32] + hash)),
            ("tee(measurement=\(hashText))", leaf(2, [4, 32] + hash)),
            (
                "reexecuted(count=2,by=\(oneText)|\(twoText))",
                leaf(3, [1, 40] + one + two + [3, 1, 2])
            ),
            ("reexecuted( list = \(hashText) , count = 8 )", leaf(3, [2, 32] + hash + [3, 1, 8])),
            ("reexecuted(chain)", leaf(3, [4, 0])),
            ("zk(bits=100, hidden)", leaf(4, [1, 2, 0, 100, 2, 0])),
        ] as [(String, [UInt8])])
    func bytesAreThoseOfTheFormat(_ text: String, _ bytes: [UInt8]) throws {
        let policy = try Policy(text: text)
        #expect(policy.encoded == bytes)
        #expect(try Policy(decoding: bytes) == policy)
        #expect(try Policy(json: policy.json) == policy)
    }

    @Test(
        arguments: [
            (leaf(0, [1, 0]), .unknownParameter(.plain, "1")),
            (leaf(1, [4, 0]), .unknownParameter(.signed, "4")),
            (leaf(1, [0, 0]), .unknownParameter(.signed, "0")),
            (leaf(4, [3, 0]), .unknownParameter(.zk, "3")),
            (leaf(1, [1]), .truncated), (leaf(1, [1, 20]), .truncated), ([1, 1, 3, 3], .truncated),
            (leaf(2, [6, 0, 6, 0]), .parametersNotAscending(.tee)),
            (leaf(2, [6, 0, 1, 1, 2]), .parametersNotAscending(.tee)),
            (leaf(1, [1, 0]), .invalidParameter(.signed, "by")),
            (leaf(1, [1, 19] + one.dropLast()), .invalidParameter(.signed, "by")),
            (leaf(1, [1, 40] + two + one), .invalidParameter(.signed, "by")),
            (leaf(1, [1, 40] + one + one), .invalidParameter(.signed, "by")),
            (leaf(1, [2, 31] + hash.dropLast()), .invalidParameter(.signed, "list")),
            (
                leaf(1, [1, 20] + one + [2, 32] + hash),
                .conflictingParameters(.signed, "by", "list")
            ),
            (leaf(1, [3, 1, 14]), .defaultParameter(.signed, "scheme")),
            (leaf(1, [3, 1, 0]), .invalidParameter(.signed, "scheme")),
            (leaf(1, [3, 1, 1]), .invalidParameter(.signed, "scheme")),
            (leaf(1, [3, 1, 16]), .invalidParameter(.signed, "scheme")),
            (leaf(1, [3, 2, 0, 2]), .invalidParameter(.signed, "scheme")),
            (leaf(2, [1, 1, 30]), .defaultParameter(.tee, "types")),
            (leaf(2, [1, 1, 0]), .invalidParameter(.tee, "types")),
            (leaf(2, [1, 1, 64]), .invalidParameter(.tee, "types")),
            (leaf(2, [2, 3, 0, 0, 1]), .invalidParameter(.tee, "age")),
            (
                leaf(2, [3, 32] + TrustLists.measurements.bytes), .defaultParameter(.tee, "list")
            ),
            (
                leaf(2, [3, 32] + hash + [4, 32] + hash),
                .conflictingParameters(.tee, "list", "measurement")
            ),
            (leaf(2, [5, 1, 0]), .defaultParameter(.tee, "tcb")),
            (leaf(2, [5, 1, 6]), .invalidParameter(.tee, "tcb")),
            (leaf(2, [5, 1, 7]), .invalidParameter(.tee, "tcb")),
            (leaf(2, [6, 1, 1]), .invalidParameter(.tee, "production")),
            (leaf(3, [3, 1, 2]), .missingParameter(.reexecuted, "by or list")),
            (leaf(3, [1, 20] + one), .missingParameter(.reexecuted, "count")),
            (leaf(3, [1, 20] + one + [3, 1, 0]), .invalidParameter(.reexecuted, "count")),
            (leaf(3, [1, 20] + one + [3, 1, 2]), .invalidParameter(.reexecuted, "count")),
            (leaf(3, [2, 32] + hash + [3, 1, 9]), .invalidParameter(.reexecuted, "count")),
            (leaf(3, [3, 1, 1, 4, 0]), .conflictingParameters(.reexecuted, "count", "chain")),
            (leaf(4, [1, 2, 0, 0]), .defaultParameter(.zk, "bits")),
            (leaf(4, [1, 1, 9]), .invalidParameter(.zk, "bits")),
            (leaf(4, [2, 1, 1]), .invalidParameter(.zk, "hidden")),
        ] as [([UInt8], PolicyError)])
    func refusesBytes(_ bytes: [UInt8], _ error: PolicyError) {
        #expect(throws: error) { try Policy(decoding: bytes) }
    }

    @Test(
        arguments: [
            ("plain(x)", .unknownParameter(.plain, "x")),
            ("tee(by=1)", .unknownParameter(.tee, "by")),
            ("tee()", .invalidText(at: 4)), ("tee(age=)", .invalidText(at: 8)),
            ("tee(age=60", .invalidText(at: 10)), ("tee(age=60,)", .invalidText(at: 11)),
            ("tee(age)", .invalidParameter(.tee, "age")),
            ("tee(age=060)", .invalidParameter(.tee, "age")),
            ("tee(age=4294967296)", .invalidParameter(.tee, "age")),
            ("tee(age=1|2)", .invalidParameter(.tee, "age")),
            ("tee(age=-1)", .invalidParameter(.tee, "age")),
            ("tee(age=1, age=2)", .repeatedParameter(.tee, "age")),
            ("tee(types=nitro|nitro)", .invalidParameter(.tee, "types")),
            ("tee(types=Nitro)", .invalidParameter(.tee, "types")),
            ("tee(types=nitro|sgx|tdx|snp)", .defaultParameter(.tee, "types")),
            ("tee(tcb=outofdate)", .invalidParameter(.tee, "tcb")),
            ("tee(tcb=Revoked)", .invalidParameter(.tee, "tcb")),
            ("tee(tcb=UpToDate)", .defaultParameter(.tee, "tcb")),
            ("tee(production=true)", .invalidParameter(.tee, "production")),
            ("signed(by=0x11)", .invalidParameter(.signed, "by")),
            ("signed(by=\(oneText)|\(oneText))", .invalidParameter(.signed, "by")),
            ("zk(bits=0)", .defaultParameter(.zk, "bits")),
            ("zk(bits=65536)", .invalidParameter(.zk, "bits")),
            ("zk(hidden) tee", .invalidText(at: 11)),
        ] as [(String, PolicyError)])
    func refusesText(_ text: String, _ error: PolicyError) {
        #expect(throws: error) { try Policy(text: text) }
    }

    @Test(
        arguments: [
            (#"{"kind":"tee","age":"60"}"#, .invalidParameter(.tee, "age")),
            (#"{"kind":"tee","age":-1}"#, .invalidParameter(.tee, "age")),
            (#"{"kind":"tee","age":1.5}"#, .invalidParameter(.tee, "age")),
            (#"{"kind":"tee","types":"nitro"}"#, .invalidParameter(.tee, "types")),
            (#"{"kind":"tee","types":[]}"#, .invalidParameter(.tee, "types")),
            (#"{"kind":"tee","types":[1]}"#, .invalidParameter(.tee, "types")),
            (#"{"kind":"tee","production":false}"#, .invalidParameter(.tee, "production")),
            (#"{"kind":"tee","list":["0x"]}"#, .invalidParameter(.tee, "list")),
            (#"{"kind":"tee","anyOf":[]}"#, .unknownParameter(.tee, "anyOf")),
            (#"{"kind":"reexecuted","count":2}"#, .missingParameter(.reexecuted, "by or list")),
            (#"{"kind":"zk","bits":0}"#, .defaultParameter(.zk, "bits")),
            (#"{"age":1}"#, .invalidForm),
        ] as [(String, PolicyError)])
    func refusesJSON(_ text: String, _ error: PolicyError) throws {
        let json = try JSON(parsing: Array(text.utf8))
        #expect(throws: error) { try Policy(json: json) }
    }

    /// What no decoder would give has no bytes.
    @Test(arguments: [
        Requirement.signed(SignedRequirement(by: .these([]))),
        .signed(SignedRequirement(schemes: [])), .tee(TEERequirement(types: [])),
        .tee(TEERequirement(worstStatus: .revoked)),
        .reexecuted(.executors(.list(Hash(1)), count: -1)),
        .reexecuted(.executors(.list(Hash(1)), count: 300)),
    ])
    func refusesWhatIsBuiltByHand(_ leaf: Requirement) {
        #expect(throws: PolicyError.self) { try Policy.leaf(leaf).canonical() }
    }

    @Test func bytesHaveALimit() throws {
        let group = AddressGroup.these((1...8).map { Address(truncating: UInt256($0)) })
        let leaf = Policy.leaf(.signed(SignedRequirement(by: group)))
        let count = { (count: Int) in Policy.leaf(.reexecuted(.executors(group, count: count))) }
        // One and two bytes of the combination, 164 of the first leaf, 167 of each other.
        let fitting = Policy.allOf([leaf, count(1), count(2)])
        #expect(try fitting.canonical().encoded.count == 3 + 164 + 2 * 167)
        let long = Policy.allOf([
            leaf, count(1), count(2), .leaf(.signed(.init(by: .list(Hash(1))))),
        ])
        #expect(throws: PolicyError.tooLong(bytes: 537, max: 512)) { try long.canonical() }
        #expect(throws: PolicyError.tooLong(bytes: 513, max: 512)) {
            try Policy(decoding: [UInt8](repeating: 1, count: 513))
        }
        #expect(throws: PolicyError.tooLong(bytes: 537, max: 512)) { try Policy(text: long.text) }
    }

    /// The longest text that 32 nodes and 512 bytes can have is read again.
    @Test func everyCanonicalPolicyHasAText() throws {
        let types: TEETypeSet = [TEETypeSet(.nitro), .init(.sgx), .init(.tdx), .init(.nvgpu)]
        let parts = (0..<31).map { index in
            Policy.leaf(
                .tee(
                    TEERequirement(
                        types: types, ageSecondsMax: index < 29 ? .max - UInt32(index) : nil,
                        worstStatus: .configurationAndSWHardeningNeeded,
                        isProduction: index.isMultiple(of: 2))))
        }
        let policy = try Policy.anyOf(Array(parts.prefix(29))).canonical()
        #expect(policy.text.utf8.count > 2_700)
        #expect(try Policy(text: policy.text) == policy)
    }
}
