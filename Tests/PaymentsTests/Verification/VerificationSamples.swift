import Payments
import Primitives

/// One settlement, of which a second implementation hashed every part: eth-account 0.14.0 (EIP-712)
/// and pyrlp 5.0.0.
enum Samples {
    static let chainID: UInt64 = 84532
    static let provider = Address([UInt8](repeating: 0xc4, count: 20))
    static let payer = Address([UInt8](repeating: 0xd1, count: 20))
    static let asset = Address([UInt8](repeating: 0xee, count: 20))

    /// The hash of 32 equal bytes.
    static func hash(_ byte: UInt8) -> Hash { Hash([UInt8](repeating: byte, count: 32)) }

    static func terms(policy: Hash = hash(3)) -> Terms {
        Terms(
            modelID: hash(1), requestHash: hash(2), policyHash: policy, provider: provider,
            salt: hash(5))
    }

    static func statement(policy: Hash = hash(3)) -> Statement {
        Statement(
            modelID: hash(1), systemHash: hash(6), requestHash: hash(2), inputHash: hash(7),
            outputHash: hash(8), policyHash: policy, provider: provider,
            notBefore: 1_770_000_000, notAfter: .max)
    }

    static func payment() throws -> Payment {
        Payment(
            asset: asset, payer: payer, amount: try UInt256(decimal: "1" + zeros(30)),
            validAfter: 0, validBefore: .max, nonce: terms().hash(chainID: chainID),
            signature: try signature)
    }

    private static func zeros(_ count: Int) -> String { String(repeating: "0", count: count) }

    /// Of the statement's digest, by the key 0x22…22.
    static var signature: [UInt8] {
        get throws {
            try Hex.decode(
                "57ae320dd36d9f2e27548e3cf3935cf58ff0d601e50020dc4d400d28c8042371"
                    + "7a0e210f49a0cf9c380994f7beae90f495a24c55ee30f4114fa46fbc88dc18021b")
        }
    }

    static func receipt() throws -> SettlementReceipt {
        let policy = Policy.kind(.signed)
        return SettlementReceipt(
            chainID: chainID, terms: terms(policy: policy.hash),
            statement: statement(policy: policy.hash), payment: try payment(),
            policy: policy.encoded,
            evidence: [
                Evidence(kind: .signed, data: try signature).digest,
                Evidence(kind: .plain, data: []).digest,
            ], binding: .recipientAndNonce, blockNumber: 12, timestamp: 1_770_000_001)
    }
}
