import Codec
import Crypto
import EVM
import Ledger
import Payments
import Primitives
import Registry
import Testing

@Suite struct DisputeTests {
    private let attested: Attested
    private let executor: PrivateKey
    private var other: Statement
    private let word: Evidence
    private var contradiction: Evidence

    init() throws {
        attested = try Attested(policy: .kind(.signed))
        executor = try attested.enroll(0x51)
        other = attested.bargain.statement.with(
            outputHash: Hash(9), provider: executor.address)
        word = attested.signed()
        contradiction = Evidence(
            kind: .signed,
            data: executor.sign(other.hash(chainID: attested.bargain.chainID)).bytes)
    }

    private func report(
        _ second: (Statement, Evidence)? = nil, input: [UInt8] = []
    ) throws -> TransactionResult {
        try attested.send(
            NativeCalldata.reportDisagreement(
                (attested.bargain.statement, word), second ?? (other, contradiction),
                input: input))
    }

    private func count(_ signer: Address) -> DisputeCount {
        DisputeCount(attested.chain.slot(DisputeCount.slot(signer), of: NativeAddress.trust))
    }

    @Test func recordsWhoWasWrong() throws {
        let result = try report(input: attested.input)
        try #require(result.succeeded)
        #expect(UInt256(bigEndian: result.outcome.output) == 1)
        #expect(result.logs.count == 1)
        let (right, wrong) = (count(attested.bargain.provider.address), count(executor.address))
        #expect([right.disagreements, right.foundRight, right.foundWrong] == [1, 1, 0])
        #expect([wrong.disagreements, wrong.foundRight, wrong.foundWrong] == [1, 0, 1])
        let at = attested.chain.now - 1
        expect(try report(input: attested.input), refuses: .alreadyReported(at: at))
    }

    @Test func countsNowAndJudgesLater() throws {
        let at = attested.chain.now
        let first = try report()
        try #require(first.succeeded)
        #expect(UInt256(bigEndian: first.outcome.output) == 0)
        expect(try report(), refuses: .alreadyReported(at: at))
        let second = try report(input: attested.input)
        try #require(second.succeeded)
        #expect(UInt256(bigEndian: second.outcome.output) == 1)
        let wrong = count(executor.address)
        #expect([wrong.disagreements, wrong.foundRight, wrong.foundWrong] == [1, 0, 1])
    }

    @Test func refusesWhatContradictsNothing() throws {
        let sign = { (statement: Statement) in
            Evidence(
                kind: .signed,
                data: executor.sign(statement.hash(chainID: attested.bargain.chainID)).bytes)
        }
        for (statement, why) in [
            (other.with(modelID: Hash(1)), "the models differ"),
            (other.with(systemHash: Hash(1)), "the systems differ"),
            (other.with(inputHash: Hash(1)), "the inputs differ"),
            (
                other.with(outputHash: attested.bargain.statement.outputHash),
                "the outputs are one"
            ),
        ] {
            expect(
                try report((statement, sign(statement))), refuses: .noDisagreement(why))
        }
        expect(
            try report((other, Evidence(kind: .plain, data: []))),
            refuses: .unsupportedEvidence(.plain))
        expect(
            try report((other, word)),
            refuses: .wrongSigner(
                expected: executor.address, got: try recovered(word, other)))
        expect(
            try report(input: [1]),
            refuses: .wrongInput(
                expected: other.inputHash, got: SHA256.hash([1])))
    }

    private func recovered(_ piece: Evidence, _ statement: Statement) throws -> Address {
        let signature = try Signature(bytes65: piece.data)
        return try #require(
            Secp256k1.recoverAddress(
                digest: statement.hash(chainID: attested.bargain.chainID), signature: signature))
    }
}
