import Codec
import Crypto
import EVM
import Inference
import Ledger
import Payments
import Primitives
import Registry
import TestSupport
import Testing

@Suite struct InferenceNativeTests {
    typealias Samples = InferenceSamples
    let owner = Bargain.sender
    let target = NativeAddress.inference

    private func chain(_ record: ModelRecord? = nil) throws -> (TestChain, ModelRecord) {
        let chain = try TestChain()
        var registered = try record ?? Bargain.record("m")
        if record == nil { registered.cid = "QmModel" }
        try chain.run(NativeCalldata.register(registered), NativeAddress.registry, owner)
        return (chain, registered)
    }

    private func refuses(
        _ data: [UInt8], _ input: [UInt8], _ chain: TestChain,
        _ location: SourceLocation = #_sourceLocation
    ) throws {
        let result = try chain.send(input, to: target, from: owner)
        #expect(result.outcome.status == .revert, sourceLocation: location)
        #expect(
            NativeError.describe(revertData: result.outcome.output)
                == NativeError.describe(revertData: data), sourceLocation: location)
        #expect(result.outcome.output == data, sourceLocation: location)
        #expect(result.logs.isEmpty, sourceLocation: location)
    }

    @Test func givesWhatTheEngineGivesHoweverTheModelIsNamed() throws {
        let (chain, record) = try self.chain()
        for name in ["m", "m@1.0", record.id.hex, "QmModel"] {
            let result = try chain.run(Samples.call(name), target, owner)
            let (tensors, isSimulation) = try Samples.output(result.outcome.output)
            #expect(tensors == [try Samples.wanted()])
            #expect(!isSimulation)
            #expect(result.logs.map(\.address) == [target])
        }
    }

    /// Id, request as it was given, and the answer, all readable by the published ABI.
    @Test func logsRequestAndAnswer() throws {
        let (chain, _) = try self.chain()
        let input = Samples.call("m")
        let first = try chain.run(input, target, owner)
        let second = try chain.run(input, target, owner)
        let topic = try Hash(
            hex: "0x1b283af3452f3718585ce100f80d9aa81fc60924db4a582a36db6aae3b109d87")
        var ids: Set<String> = []
        for result in [first, second] {
            let log = try #require(result.logs.first)
            #expect(log.topics == [topic])
            var reader = ABIReader(log.data)
            ids.insert(try reader.readString(max: 66))
            // Offsets of the two tuples, then the same bytes as in the call and in the answer.
            let request = try #require(try reader.readUInt256().asInt)
            let response = try #require(try reader.readUInt256().asInt)
            #expect(Array(log.data[request..<response]) == Array(input.dropFirst(4 + 32)))
            #expect(Array(log.data[response...]) == Array(result.outcome.output.dropFirst(32)))
        }
        #expect(ids.count == 2)
        #expect(ids.allSatisfy { $0.count == 66 })
    }

    @Test func theHubPassesOnAndLogsInItsOwnName() throws {
        let (chain, _) = try self.chain()
        let result = try chain.run(
            Samples.hubCall("m"), NativeAddress.inferenceHub, owner)
        let answer = try Samples.output(result.outcome.output)
        #expect(answer.tensors == [try Samples.wanted()])
        #expect(result.logs.map(\.address) == [target, NativeAddress.inferenceHub])
        let log = try #require(result.logs.last)
        #expect(
            log.topics.map(\.hex) == [
                "0xc1396ff68bc2d8630100df29ce5561fa99078c602e8676ab72a53e37095d7168"
            ])
        #expect(log.data == result.outcome.output)
        let refused = try chain.send(
            Samples.hubCall("m", mode: 2), to: NativeAddress.inferenceHub, from: owner)
        #expect(refused.outcome.output == InferenceError.unsupportedMode(2).revertData)
        #expect(refused.logs.isEmpty)
    }

    @Test func selectorsAreThePublishedOnes() throws {
        let (chain, _) = try self.chain()
        #expect(Array(Samples.call("m").prefix(4)) == [0x72, 0x89, 0xe9, 0xc2])
        #expect(Array(Samples.hubCall("m").prefix(4)) == [0xcb, 0xf0, 0x9d, 0x80])
        for selector: [UInt8] in [
            [0xe3, 0x9a, 0xa7, 0xe7], [0x14, 0x80, 0x0c, 0x61], [0xea, 0x3d, 0xd5, 0x16],
        ] {
            try refuses(InferenceError.languageModelsUnsupported.revertData, selector, chain)
        }
    }

    @Test func refusesWhatItCannotDoAndSaysWhy() throws {
        let (chain, record) = try self.chain()
        let half = Samples.half
        func with(_ change: (inout Samples.Tensor) -> Void) -> Samples.Tensor {
            var tensor = half
            change(&tensor)
            return tensor
        }
        let rows: [(InferenceError, [UInt8])] = [
            (.unsupportedMode(1), Samples.call("m", mode: 1)),
            (.unsupportedMode(2), Samples.call("m", mode: 2)),
            (.unknownMode(3), Samples.call("m", mode: 3)),
            (.unknownModelReference("n"), Samples.call("n")),
            (.unknownModelReference("m@1.1"), Samples.call("m@1.1")),
            (.unknownModelReference("M"), Samples.call("M")),
            (.unknownModelReference(Hash(1).hex), Samples.call(Hash(1).hex)),
            (.unknownModelReference(""), Samples.call("")),
            (.stringsUnsupported("s"), Samples.call("m", strings: ["s"])),
            (.unknownTensor("z"), Samples.call("m", [half, with { $0.name = "z" }])),
            (.duplicateTensor("x"), Samples.call("m", [half, half])),
            (.missingTensor("x"), Samples.call("m", [])),
            (
                .wrongShape(tensor: "x", expected: "[1,2]", got: "[2]"),
                Samples.call("m", [with { $0.shape = [2] }])
            ),
            (
                .wrongShape(tensor: "x", expected: "[1,2]", got: "[]"),
                Samples.call("m", [with { $0.shape = [] }])
            ),
            (
                .wrongValueCount(tensor: "x", expected: 2, got: 3),
                Samples.call("m", [with { $0.values.append((1, 0)) }])
            ),
            (
                .invalidDecimals(tensor: "x", index: 1),
                Samples.call("m", [with { $0.values[1].1 = -1 }])
            ),
            (
                .invalidDecimals(tensor: "x", index: 0),
                Samples.call("m", [with { $0.values[0].1 = 1 << 32 }])
            ),
        ]
        var texts: Set<String> = []
        for (error, input) in rows {
            try refuses(error.revertData, input, chain)
            texts.insert(NativeError.describe(revertData: error.revertData) ?? "")
        }
        #expect(!texts.contains(""))
        #expect(texts.contains("WrongShape(\"x\", \"[1,2]\", \"[2]\")"))
        let result = try chain.send(Samples.call("m"), to: target, from: owner, value: 1)
        #expect(result.outcome.output == NativeError.notPayable.revertData)
        try chain.run(
            NativeCalldata.revoke(model: record.id, reason: "bad"), NativeAddress.registry, owner)
        try refuses(NativeError.modelRevoked(record.id).revertData, Samples.call("m"), chain)
    }

    /// Every cut of a good call, and every bit of its first words, is refused or answered.
    @Test func isTotalOnDamagedCalldata() throws {
        let (chain, _) = try self.chain()
        let good = Samples.call("m")
        for count in stride(from: 0, to: good.count, by: 13) {
            let outcome = try chain.ask(Array(good.prefix(count)), to: target)
            #expect(outcome.status == .revert)
        }
        var random = SeededRandom(seed: 1)
        for _ in 0..<300 {
            var bad = good
            let place = Int(random.next() % UInt64(bad.count))
            bad[place] ^= 1 << UInt8(random.next() % 8)
            let outcome = try chain.ask(bad, to: target)
            #expect(outcome.status == .revert || outcome.isSuccess)
        }
    }

    /// 64 tensors that all point at one list of numbers stand for more than the calldata holds.
    @Test func refusesTensorsThatShareTheirNumbers() throws {
        let (chain, _) = try self.chain()
        var writer = ABIWriter()
        writer.writeTuple(isDynamic: true) { request in
            request.write(UInt64(0))
            request.writeString("m")
            request.writeTuple(isDynamic: true) { input in
                input.writeArray(count: 64) { list, _ in list.write(UInt64(64 * 32)) }
                input.writeArray(count: 0) { _, _ in }
            }
        }
        var tensor = ABIWriter()
        tensor.writeString("x")
        tensor.writeArray(count: 500) { list, _ in
            list.write(UInt64(1))
            list.write(UInt64(0))
        }
        tensor.writeArray(count: 0) { _, _ in }
        let call =
            ABISignature.selector("runModelInference(\(Samples.request))") + writer.encoded
            + tensor.encoded
        let outcome = try chain.ask(call, to: target)
        #expect(outcome.status == .revert)
        let text = NativeError.describe(revertData: outcome.output)
        #expect(text?.hasPrefix("InvalidCalldata(") == true)
    }

    /// The price is the graph's, whatever is in the input and however often it ran.
    @Test func costsTheSameEachTime() throws {
        let (chain, _) = try self.chain()
        let gas = try (0..<3).map { _ in
            try chain.run(Samples.call("m"), target, owner).gasUsed
        }
        #expect(Set(gas).count == 1)
        // One unit less than it takes is not enough, and nothing is left of the attempt.
        let need = try #require(gas.first)
        let short = try chain.send(Samples.call("m"), to: target, from: owner, gas: need - 1)
        #expect(short.outcome.status == .halted(.outOfGas))
        #expect(short.logs.isEmpty)
    }

    /// With its graph gone, a node has no answer: not a failed call, no block.
    @Test func stopsWhereTheGraphIsMissing() throws {
        let (chain, record) = try self.chain()
        chain.models = MemoryModels()
        let before = chain.state.account(owner)
        #expect(throws: InvalidTransaction.missingBytes(record.graphHash)) {
            try chain.send(Samples.call("m"), to: target, from: owner)
        }
        #expect(throws: InvalidTransaction.missingBytes(record.graphHash)) {
            try chain.send(
                Samples.hubCall("m"), to: NativeAddress.inferenceHub, from: owner)
        }
        #expect(chain.state.account(owner) == before)
        chain.models.insert(try Bargain.graph(7).encoded)
        #expect(try chain.send(Samples.call("m"), to: target, from: owner).succeeded)
    }

    /// It logs, so it is no view; and it answers in nobody else's name.
    @Test func refusesStaticAndDelegatedCalls() throws {
        let (chain, _) = try self.chain()
        // CALLDATACOPY all; a call of that kind to 0xf4; its flag returned.
        for (opcode, hasValue, wanted) in [
            (0xf1, true, 1), (0xfa, false, 0), (0xf4, false, 0), (0xf2, true, 0),
        ] as [(UInt8, Bool, UInt256)] {
            var code: [UInt8] = [0x36, 0x5f, 0x5f, 0x37, 0x5f, 0x5f, 0x36, 0x5f]
            if hasValue { code.append(0x5f) }
            code += [0x60, 0xf4, 0x62, 0x0f, 0x42, 0x40, opcode]
            code += [0x5f, 0x52, 0x60, 0x20, 0x5f, 0xf3]
            let proxy = Address(truncating: UInt256(0x9000 + Int(opcode)))
            chain.setCode(of: proxy, code)
            let outcome = try chain.ask(Samples.call("m"), to: proxy)
            #expect(UInt256(bigEndian: outcome.output) == wanted, "opcode \(opcode)")
        }
    }

    @Test func anInputMayHaveAnyNumberOfDecimals() throws {
        let (chain, _) = try self.chain()
        for values: [(Int128, Int128)] in [
            [(50_000_000_000_000_000_000, 20), (250, 3)], [(5, 1), (.max, 0)],
            [(.min, 0), (.min, 4_294_967_295)], [(1, 39), (-1, 60)],
        ] {
            var tensor = Samples.half
            tensor.values = values
            let result = try chain.run(Samples.call("m", [tensor]), target, owner)
            let graph = try Bargain.graph(7)
            var engine = Engine(graph)
            let integers = try graph.integers(
                from: values.map { FixedPoint(value: $0.0, decimals: UInt32($0.1)) })
            let numbers = try graph.numbers(from: engine.run(integers))
            let got = try Samples.output(result.outcome.output).tensors[0].values
            for (number, pair) in zip(numbers, got) {
                #expect(number.decimal.value == pair.0)
                #expect(Int128(number.decimal.decimals) == pair.1)
            }
        }
    }
}
