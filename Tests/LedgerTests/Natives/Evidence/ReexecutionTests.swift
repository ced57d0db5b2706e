import Attestation
import Codec
import Crypto
import EVM
import Ledger
import Payments
import Primitives
import Registry
import Testing

@Suite struct ReexecutionTests {
    @Test func paysForTheChainsOwnRun() throws {
        for policy in ["reexecuted", "reexecuted(chain)"] {
            var attested = try Attested(policy: try Policy(text: policy))
            try attested.expectPaid([attested.run])
            #expect(attested.bargain.record?.evidence == EvidenceSet(.reexecuted))
        }
    }

    @Test func runsWhatTheStatementSays() throws {
        var attested = try Attested(policy: .kind(.reexecuted))
        let wanted = attested.bargain.statement.outputHash
        let other = Evidence(
            kind: .reexecuted, data: ReexecutionEvidence.chain(input: [1, 2]).encoded)
        try attested.expectRefused(
            [other],
            .wrongInput(
                expected: attested.bargain.statement.inputHash, got: SHA256.hash([1, 2])))
        try attested.expectRefused(
            [attested.run, attested.run], .duplicateEvidence(.reexecuted))
        attested.bargain.output = []
        attested.bargain.statement = attested.bargain.statement.with(outputHash: Hash(3))
        try attested.expectRefused(
            [attested.run], .wrongOutput(expected: wanted, got: Hash(3)))
        attested.bargain.statement = attested.bargain.statement.with(
            inputHash: SHA256.hash([1, 2, 3]), outputHash: wanted)
        let long = Evidence(
            kind: .reexecuted, data: ReexecutionEvidence.chain(input: [1, 2, 3]).encoded)
        try attested.expectRefused(
            [long],
            .invalidEvidence(
                .reexecuted, "the input is none of the model's: 3 bytes, 2 wanted"))
    }

    @Test func paysForTwoOfThreeExecutors() throws {
        let seeds: [UInt8] = [0x51, 0x52, 0x53]
        let addresses = try seeds.map {
            try PrivateKey([UInt8](repeating: $0, count: 32)).address
        }.sorted()
        let text = addresses.map(\.hex).joined(separator: "|")
        let policy = try Policy(text: "reexecuted(by=\(text), count=2)")
        var attested = try Attested(policy: policy)
        let keys = try seeds.map { try attested.enroll($0) }
        let pieces = keys.map { attested.executed(by: $0) }
        let (a, b, c) = (pieces[0], pieces[1], pieces[2])
        attested.bargain.evidence = [a]
        let result = try attested.bargain.settle()
        #expect(
            NativeError.describe(revertData: result.outcome.output)?.contains("PolicyNotMet")
                == true)
        try attested.expectRefused([a, a], .duplicateEvidence(.reexecuted))
        // Every piece must hold, needed or not.
        var spoiled = c.data
        spoiled[30] ^= 1
        attested.bargain.evidence = [a, b, Evidence(kind: .reexecuted, data: spoiled)]
        #expect(try attested.bargain.settle().succeeded == false)
        try attested.expectPaid([a, b])
    }

    @Test func asksTheAdminsListWithoutParameters() throws {
        var attested = try Attested(policy: .kind(.reexecuted))
        let (first, second) = (try attested.enroll(0x51), try attested.enroll(0x52))
        let pieces = [attested.executed(by: first), attested.executed(by: second)]
        attested.bargain.evidence = pieces
        #expect(try attested.bargain.settle().succeeded == false)
        try attested.list([first.address.word], on: TrustLists.executors)
        #expect(try attested.bargain.settle().succeeded == false)
        try attested.list([second.address.word], on: TrustLists.executors)
        try attested.expectPaid(pieces)
    }

    @Test func refusesWhoIsNoExecutor() throws {
        var attested = try Attested(policy: .kind(.reexecuted))
        let provider = attested.bargain.provider
        try attested.expectRefused(
            [attested.executed(by: provider)], .notAnExecutor(provider.address))
        let stranger = try PrivateKey([UInt8](repeating: 0x61, count: 32))
        try attested.expectRefused(
            [attested.executed(by: stranger)], .unknownProvider(stranger.address))
        let executor = try attested.enroll(0x51)
        let forged = ReexecutionEvidence.executor(
            executor.address, signature: stranger.sign(attested.digest).bytes)
        attested.bargain.evidence = [Evidence(kind: .reexecuted, data: forged.encoded)]
        #expect(try attested.bargain.settle().succeeded == false)
    }

    @Test func takesNamedSigners() throws {
        let auditor = try PrivateKey([UInt8](repeating: 0x71, count: 32))
        let policy = try Policy(text: "signed(by=\(auditor.address.hex))")
        var attested = try Attested(policy: policy)
        try attested.expectRefused(
            [attested.signed(by: auditor)], .unknownProvider(auditor.address))
        _ = try attested.enroll(0x71)
        attested.bargain.evidence = [attested.signed()]
        #expect(try attested.bargain.settle().succeeded == false)
        try attested.expectPaid([attested.signed(), attested.signed(by: auditor)])
    }

    @Test func takesAPreviousKeyForWorkThatBegan() throws {
        var attested = try Attested(policy: .kind(.signed))
        let provider = attested.bargain.provider.address
        let next = try PrivateKey([UInt8](repeating: 0x72, count: 32))
        let piece = attested.signed()
        let key = try #require(ProviderKey(kind: .secp256k1, bytes: next.address.bytes))
        try attested.chain.run(
            NativeCalldata.registerProvider(key), NativeAddress.registry, provider)
        try attested.expectPaid([piece])
        var other = try Attested(policy: .kind(.signed))
        let late = other.signed()
        try other.chain.run(NativeCalldata.revokeProvider, NativeAddress.registry, provider)
        try other.expectRefused([late], .unknownProvider(provider))
        expect(
            try other.chain.send(
                NativeCalldata.revokeProvider, to: NativeAddress.registry, from: provider),
            refuses: .unknownProvider(provider))
    }

    @Test func settlesMachineAndExecutorsTogether() throws {
        let executor = try PrivateKey([UInt8](repeating: 0x51, count: 32))
        let policy = try Policy(
            text: "all(signed, tee, reexecuted(by=\(executor.address.hex), count=1))")
        var attested = try Attested(policy: policy)
        _ = try attested.enroll(0x51)
        try attested.register()
        try attested.listMeasurement()
        let pieces = [
            attested.signed(), attested.keySigned, attested.executed(by: executor), attested.run,
        ]
        for index in 0..<3 {
            var fewer = pieces
            fewer.remove(at: index)
            attested.bargain.evidence = fewer
            #expect(try attested.bargain.settle().succeeded == false)
        }
        try attested.expectPaid(pieces)
    }
}
