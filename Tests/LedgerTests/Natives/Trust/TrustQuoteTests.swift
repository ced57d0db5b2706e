import Attestation
import Crypto
import EVM
import Ledger
import Payments
import Primitives
import Registry
import Testing

/// Keys of machines that Intel's formats speak for, and the collateral of quotes.
@Suite struct TrustQuoteTests {
    static let platform = DevelopmentPlatform()
    static let intelRoot = hash("44a0196b2b99f889b8e149e95b807a350e7424964399e885a7cbb8ccfab674d3")

    static func hash(_ text: String) -> Hash { (try? Hash(hex: "0x" + text)) ?? .zero }

    let owner = Bargain.account(1)
    let key: SignerKey

    init() throws {
        key = .secp256k1(try PrivateKey([UInt8](repeating: 0x55, count: 32)).address)
    }

    private func chain() throws -> TestChain {
        let root = SHA256.hash(Self.platform.root)
        return try TestChain(roots: [Self.intelRoot: root])
    }

    private func quote(_ chain: TestChain, isDebug: Bool = false) -> [UInt8] {
        let binding = AttestedKey.binding(
            chainID: chain.genesis.config.chainID, registry: NativeAddress.trust, owner: owner,
            scheme: key.scheme.rawValue, key: key.bytes)
        var domain = DevelopmentPlatform.Domain(
            measurement: [UInt8](repeating: 7, count: 48),
            reportData: binding.bytes + [UInt8](repeating: 0, count: 32))
        domain.isDebug = isDebug
        return Self.platform.quote(domain)
    }

    private func register(
        _ quote: [UInt8], as type: TEEType = .tdx, on chain: TestChain
    ) throws -> TransactionResult {
        try chain.send(
            NativeCalldata.registerAttested(key, type: type, evidence: quote),
            to: NativeAddress.trust, from: owner)
    }

    private func upload(
        _ chain: TestChain, at time: UInt64? = nil, status: TCBStatus = .upToDate,
        evaluation: UInt32 = 1
    ) throws -> TransactionResult {
        let raw = Self.platform.collateral(
            at: time ?? chain.now, status: status, evaluationNumber: evaluation)
        return try chain.send(NativeCalldata.upload(raw), to: NativeAddress.trust, from: owner)
    }

    private func recorded(_ chain: TestChain) -> AttestedKey? {
        AttestedKey(key.id) { chain.slot($0, of: NativeAddress.trust) }
    }

    @Test func registersByAQuoteAndTheChainsCollateral() throws {
        let chain = try chain()
        let quote = quote(chain)
        let unknown = try register(quote, on: chain)
        #expect(
            NativeError.describe(revertData: unknown.outcome.output)?
                .hasPrefix("UnknownCollateral(") == true)
        try #require(try upload(chain).succeeded)
        expect(
            try register(quote, as: .sgx, on: chain), refuses: .invalidAttestation(.teeType))
        let attestedAt = chain.now
        let result = try register(quote, on: chain)
        try #require(
            result.succeeded,
            "\(NativeError.describe(revertData: result.outcome.output) ?? "\(result.outcome)")")
        let record = try #require(recorded(chain))
        #expect(record.type == TEEType.tdx.rawValue && record.owner == owner)
        #expect(record.status == TCBStatus.upToDate.rawValue)
        #expect(record.attestedAt == attestedAt)
        // No longer than the collateral holds, nor than keys do.
        #expect(record.notAfter <= attestedAt + TrustSettings.lifetimeSecondsDefault)
        // A quote bears no date: it registers once.
        let again = try register(quote, on: chain)
        #expect(
            NativeError.describe(revertData: again.outcome.output)?
                .hasPrefix("EvidenceUsed(") == true)
    }

    @Test func keepsTheNewestCollateralAndNothingPastItsEnd() throws {
        let chain = try chain()
        try #require(try upload(chain, status: .outOfDate, evaluation: 2).succeeded)
        let older = try upload(chain, evaluation: 1)
        #expect(
            NativeError.describe(revertData: older.outcome.output)?
                .hasPrefix("CollateralRolledBack(") == true)
        try #require(try register(quote(chain), on: chain).succeeded)
        #expect(recorded(chain)?.status == TCBStatus.outOfDate.rawValue)
        let ended = try self.chain()
        try #require(try upload(ended).succeeded)
        ended.now += 31 * 86_400
        #expect(try register(quote(ended), on: ended).succeeded == false)
        #expect(recorded(ended) == nil)
    }

    @Test func refusesWhatIntelWouldNotVouchFor() throws {
        let chain = try chain()
        // Of another time than the block's: not yet, and no longer.
        for time in [chain.now + 1_000, chain.now - 40 * 86_400] {
            #expect(try upload(chain, at: time).outcome.status == .revert)
        }
        try #require(try upload(chain).succeeded)
        let debug = try register(quote(chain, isDebug: true), on: chain)
        expect(debug, refuses: .invalidAttestation(.debug))
        var flipped = quote(chain)
        flipped[200] ^= 1
        expect(try register(flipped, on: chain), refuses: .invalidAttestation(.quoteSignature))
        // Under Intel's own root such quotes are nobody's.
        let real = try TestChain()
        #expect(try upload(real).outcome.status == .revert)
    }
}
