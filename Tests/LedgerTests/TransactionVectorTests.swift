import Codec
import EVM
import Ledger
import Primitives
import TestSupport
import Testing

/// ethereum/tests `TransactionTests` (MIT): what must be read, whose it is, and what must not.
@Suite struct TransactionVectorTests {
    static let archive = SharedArchive("ethereum-tests/basic.tar.zst")

    private static let revisions: [(name: String, revision: Revision)] = [
        ("Frontier", .frontier), ("Homestead", .homestead), ("EIP150", .tangerineWhistle),
        ("EIP158", .spuriousDragon), ("Byzantium", .byzantium),
        ("Constantinople", .constantinople), ("ConstantinopleFix", .petersburg),
        ("Istanbul", .istanbul), ("Berlin", .berlin), ("London", .london), ("Paris", .paris),
        ("Shanghai", .shanghai), ("Cancun", .cancun), ("Prague", .prague), ("Osaka", .osaka),
    ]

    /// Rules beyond the encoding and the signature: the processor's, which knows fork and chain.
    private static let rulesOfBlocks = [
        "INTRINSIC_GAS_TOO_LOW", "INITCODE_SIZE_EXCEEDED", "GASLIMIT_PRICE_PRODUCT_OVERFLOW",
        "PRIORITY_GREATER_THAN_MAX_FEE_PER_GAS_2", "NONCE_TOO_BIG", "INVALID_CHAINID",
        "TYPE_NOT_SUPPORTED",
    ]

    @Test(.enabled(if: archive != nil, "no shared test data, or no tar and zstd"))
    func everyPublishedTransaction() throws {
        let archive = try #require(Self.archive)
        var count = 0
        var accepted = 0
        for member in archive.names(under: "ethereum-tests/TransactionTests") {
            let tests = try #require(try JSON(parsing: archive.read(member)).object)
            for (name, test) in tests.entries {
                accepted += try Self.check(name, test) ? 1 : 0
                count += 1
            }
        }
        #expect(count == 181)
        #expect(accepted == 49)
    }

    /// Whether any fork accepts the transaction.
    private static func check(_ name: String, _ test: JSON) throws -> Bool {
        let bytes = try Hex.decodePrefixed(try #require(test["txbytes"]?.string))
        let results = try #require(test["result"]?.object).entries
        let transaction = try? Transaction(decoding: bytes)
        var isAccepted = false
        var reasons: [String] = []
        for (fork, result) in results {
            if let exception = result["exception"]?.string {
                reasons.append(String(exception.split(separator: ".").last ?? ""))
                continue
            }
            isAccepted = true
            let revision = try #require(revisions.first { $0.name == fork }?.revision)
            let read = try #require(transaction, "\(name)")
            #expect(read.encoded == bytes, "\(name)")
            #expect(read.hash.hex == result["hash"]?.string, "\(name)")
            let sender = read.recoverSender(allowsHighS: revision < .homestead)
            #expect(sender?.hex == result["sender"]?.string, "\(name) in \(fork)")
            let gas = try UInt256(hex: try #require(result["intrinsicGas"]?.string))
            #expect(UInt256(IntrinsicGas.of(read, in: revision)) == gas, "\(name) in \(fork)")
        }
        if reasons.contains("INVALID_SIGNATURE_VRS") || reasons.contains("EC_RECOVERY_FAIL") {
            // Either half of the group signs before Homestead only; `v` has its own rules.
            #expect(transaction?.chainID != nil || transaction?.recoverSender() == nil, "\(name)")
        } else if !isAccepted, !reasons.contains(where: rulesOfBlocks.contains) {
            #expect(transaction == nil, "\(name): \(reasons[0])")
        }
        return isAccepted
    }
}
