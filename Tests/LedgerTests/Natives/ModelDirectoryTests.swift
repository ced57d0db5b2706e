import Crypto
import EVM
import Inference
import Ledger
import Payments
import Primitives
import Registry
import Testing

@Suite struct ModelDirectoryTests {
    private let owner = Bargain.sender
    private let registry = NativeAddress.registry

    private func record(
        _ name: String, version: String, graph: UInt8, cid: String = ""
    ) throws -> ModelRecord {
        var record = try Bargain.record(name, graph: graph)
        record.version = version
        record.cid = cid
        return record
    }

    private func answers(
        _ name: String, as graph: UInt8, _ chain: TestChain,
        _ location: SourceLocation = #_sourceLocation
    ) throws {
        let outcome = try chain.ask(InferenceSamples.call(name), to: NativeAddress.inference)
        let got = try InferenceSamples.output(outcome.output).tensors
        #expect(got == [try InferenceSamples.wanted(graph)], sourceLocation: location)
    }

    @Test func aNameIsItsNewestVersion() throws {
        let chain = try TestChain()
        for (version, graph) in [("1.0", 1), ("2.0", 12), ("1.2", 3)] as [(String, UInt8)] {
            let record = try record("m", version: version, graph: graph)
            try chain.run(NativeCalldata.register(record), registry, owner)
        }
        try answers("m", as: 12, chain)
        try answers("m@1.2", as: 3, chain)
        let newest = try record("m", version: "2.0", graph: 12)
        try chain.run(
            NativeCalldata.revoke(model: newest.id, reason: "bad"), registry, owner)
        // Not silently an older one.
        let outcome = try chain.ask(InferenceSamples.call("m"), to: NativeAddress.inference)
        #expect(outcome.output == NativeError.modelRevoked(newest.id).revertData)
        try answers("m@1.0", as: 1, chain)
    }

    @Test func aCIDIsTheFirstModelThatHasIt() throws {
        let chain = try TestChain()
        let base32 = "b" + String(repeating: "afy2", count: 15)
        let walrus = "hJD2Ja3akZFt1A2LT-D_1oxOCz_OtuGYw4V9eE1m39M"
        for (graph, cid) in [(1, base32), (2, base32), (3, walrus)] as [(UInt8, String)] {
            let record = try record("m\(graph)", version: "1.0", graph: graph, cid: cid)
            try chain.run(NativeCalldata.register(record), registry, owner)
        }
        try answers(base32, as: 1, chain)
        try answers(walrus, as: 3, chain)
        // A CID that reads as a name is none: nobody takes over a name by claiming it as CID.
        let record = try record("thief", version: "1.0", graph: 4, cid: "m1")
        try chain.run(NativeCalldata.register(record), registry, owner)
        try answers("m1", as: 1, chain)
    }

    @Test func refusesGraphsThatAreNotWhatTheRecordSays() throws {
        let chain = try TestChain()
        var bad = try Bargain.record("m")
        bad.macs += 1
        let result = try chain.send(NativeCalldata.register(bad), to: registry, from: owner)
        #expect(
            result.outcome.output
                == NativeError.invalidRecord("the graph has 4 multiplications, not 5").revertData)
        for bytes in [[], [1, 2, 3], Array(try Bargain.graph(1).encoded.dropLast())] as [[UInt8]] {
            chain.models.insert(bytes)
            bad.graphHash = SHA256.hash(bytes)
            let result = try chain.send(NativeCalldata.register(bad), to: registry, from: owner)
            let wanted = NativeError.invalidRecord("the graph's bytes are no integer graph")
            #expect(result.outcome.output == wanted.revertData)
        }
        bad.graphHash = Hash(99)
        #expect(throws: InvalidTransaction.missingBytes(Hash(99))) {
            try chain.send(NativeCalldata.register(bad), to: registry, from: owner)
        }
    }

    /// A contract that tries to register cannot hide that the bytes are missing.
    @Test func bytesMissingInACallDeepDownStopTheTransaction() throws {
        let chain = try TestChain()
        let proxy = Address(truncating: 0x9999)
        // CALLDATACOPY all; CALL the registry with it; POP; STOP: the result is ignored.
        var code: [UInt8] = [0x36, 0x5f, 0x5f, 0x37, 0x5f, 0x5f, 0x36, 0x5f, 0x5f, 0x73]
        code += registry.bytes
        code += [0x5a, 0xf1, 0x50, 0x00]
        chain.setCode(of: proxy, code)
        var record = try Bargain.record("m")
        #expect(try chain.send(NativeCalldata.register(record), to: proxy, from: owner).succeeded)
        record.name = "n"
        record.graphHash = Hash(99)
        let before = chain.state.account(owner)
        #expect(throws: InvalidTransaction.missingBytes(Hash(99))) {
            try chain.send(NativeCalldata.register(record), to: proxy, from: owner)
        }
        #expect(chain.state.account(owner) == before)
    }
}

extension TestChain {
    func setCode(of address: Address, _ code: [UInt8]) {
        let journal = Journal(source: state)
        journal.setCode(of: address, to: code)
        state.apply(journal.changes())
    }
}
