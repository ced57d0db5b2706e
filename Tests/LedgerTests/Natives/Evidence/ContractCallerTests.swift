import Attestation
import Codec
import Crypto
import EVM
import Files
import Payments
import Primitives
import Registry
import Testing

@testable import Ledger

/// `contracts/examples/AttestedOracle.vy`: evidence judged for a contract.
@Suite struct ContractCallerTests {
    private struct Oracle {
        let attested: Attested
        let address: Address

        init(_ attested: Attested) throws {
            self.attested = attested
            let root = #filePath.split(separator: "/").dropLast(5).joined(separator: "/")
            let file = try Files.read("/\(root)/contracts/artifacts/AttestedOracle.json")
            let limits = JSONLimits(bytesMax: file.count, depthMax: 32, itemsMax: 20_000)
            let artifact = try JSON(parsing: file, limits: limits)
            let code = try Hex.decodePrefixed(try #require(artifact["bytecode"]?.string))
            var writer = ABIWriter()
            writer.write(attested.bargain.terms.modelID)
            writer.writeBytes(attested.bargain.policy.encoded)
            let result = try attested.chain.send(
                code + writer.encoded, to: nil, from: Bargain.sender)
            try #require(result.succeeded)
            address = try #require(result.created)
        }

        func answer(_ evidence: [Evidence]) throws -> TransactionResult {
            var writer = ABIWriter()
            attested.bargain.statement.write(to: &writer)
            writer.writeArray(count: evidence.count) { list, index in
                list.writeTuple(isDynamic: true) { pair in
                    pair.write(UInt64(evidence[index].kind.rawValue))
                    pair.writeBytes(evidence[index].data)
                }
            }
            let selector = ABISignature.selector(
                "answer((bytes32,bytes32,bytes32,bytes32,bytes32,bytes32,address,uint64,uint64),"
                    + "(uint8,bytes)[])")
            return try attested.chain.send(
                selector + writer.encoded, to: address, from: Bargain.sender)
        }
    }

    @Test func takesWhatMeetsThePolicy() throws {
        let attested = try Attested(policy: try Policy(text: "tee and reexecuted(chain)"))
        let oracle = try Oracle(attested)
        // The verifier's own reason comes through.
        #expect(
            try oracle.answer([attested.keySigned]).outcome.output
                == NativeError.unknownAttestedKey(attested.keyID).revertData)
        try attested.register()
        for pieces in [[attested.keySigned], [attested.run], []] {
            let output = try oracle.answer(pieces).outcome.output
            #expect(output == ABIWriter.error("AttestedOracle: not enough"))
        }
        // On no list yet.
        let pieces = [attested.keySigned, attested.run]
        #expect(try oracle.answer(pieces).succeeded == false)
        try attested.listMeasurement()
        let result = try oracle.answer(pieces)
        #expect(result.succeeded && result.logs.count == 1)
        #expect(
            try oracle.answer(pieces).outcome.output
                == ABIWriter.error("AttestedOracle: answered"))
    }

    @Test func judgesPoliciesForContracts() throws {
        let attested = try Attested(policy: .kind(.tee))
        let ask = { (name: String, policies: [Policy]) in
            var writer = ABIWriter()
            for policy in policies { writer.writeBytes(policy.encoded) }
            return try attested.chain.ask(
                ABISignature.selector(name) + writer.encoded, to: NativeAddress.verifier)
        }
        let (weak, strong) = (Policy.kind(.signed), try Policy(text: "signed and tee(age=60)"))
        #expect(try ask("policyHash(bytes)", [strong]).output == strong.hash.bytes)
        var reader = ABIReader(try ask("policyShortfall(bytes,bytes)", [strong, weak]).output)
        #expect(try reader.readString(max: 512).isEmpty)
        reader = ABIReader(try ask("policyShortfall(bytes,bytes)", [weak, strong]).output)
        #expect(try reader.readString(max: 512).contains("tee"))
    }

    @Test func verifiesOnePieceByTheDefaultLists() throws {
        let attested = try Attested(policy: .kind(.tee))
        try attested.register()
        let ask = { (evidence: Evidence) in
            var writer = ABIWriter()
            writer.write(UInt64(evidence.kind.rawValue))
            attested.bargain.statement.write(to: &writer)
            writer.writeBytes(evidence.data)
            let selector = ABISignature.selector(
                "verify(uint8,(bytes32,bytes32,bytes32,bytes32,bytes32,bytes32,address,uint64,"
                    + "uint64),bytes)")
            return try attested.chain.ask(
                selector + writer.encoded, to: NativeAddress.verifier)
        }
        #expect(
            try ask(attested.keySigned).output
                == NativeError.measurementNotListed(Attested.measurement).revertData)
        let executor = try attested.enroll(0x51)
        #expect(
            try ask(attested.executed(by: executor)).output
                == NativeError.notAnExecutor(executor.address).revertData)
        try attested.listMeasurement()
        try attested.list([executor.address.word], on: TrustLists.executors)
        for piece in [
            attested.keySigned, attested.document(), attested.executed(by: executor),
            attested.run, attested.signed(),
        ] { #expect(try ask(piece).output == UInt256(1).bigEndianBytes) }
        // What is understood and does not hold is no reason to revert.
        #expect(
            try ask(attested.document(fault: .otherSigner)).output == UInt256.zero.bigEndianBytes)
    }
}
