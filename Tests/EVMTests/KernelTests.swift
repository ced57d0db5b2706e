import Primitives
import Testing

@testable import EVM

/// The C kernel and the Swift loop are twins: whatever runs, they agree. A tracer keeps the kernel
/// out.
@Suite struct KernelTests {
    @Test func factsAreThoseOfTheOpcodeTable() throws {
        var known = 0
        for opcode in UInt8.min...UInt8.max {
            guard let facts = KernelHandlers.facts(opcode) else { continue }
            known += 1
            let table = try #require(OpcodeFact(opcode))
            #expect(facts.gas == table.gas, "\(opcode)")
            #expect(facts.takes == table.takes, "\(opcode)")
            #expect(facts.gives == table.gives, "\(opcode)")
            for revision in Revision.allCases {
                #expect(OpcodeFact.repriced(opcode, revision) == nil, "\(opcode)")
            }
        }
        #expect(known == 110)
    }

    /// Every short opcode on words at the edges, the operands in every order.
    @Test func arithmeticAgrees() {
        let opcodes: [UInt8] = Array(0x01...0x0b) + Array(0x10...0x1e)
        for opcode in opcodes {
            for left in edges {
                for right in edges {
                    for third in [edges[0], edges[3], edges[8], right] {
                        let code = push(third) + push(right) + push(left) + [opcode] + answer
                        expectTwins(code, gas: 100_000, "\(opcode) \(left) \(right) \(third)")
                    }
                }
            }
        }
    }

    @Test func divisionAndPowerOfRandomWordsAgree() {
        var random = SeededRandom(seed: 1)
        for opcode: UInt8 in 0x04...0x0a {
            for _ in 0..<1500 {
                let words = (0..<3).map { _ in word(&random) }
                let code = push(words[0]) + push(words[1]) + push(words[2]) + [opcode] + answer
                expectTwins(code, gas: 100_000, "\(opcode) \(words)")
            }
        }
    }

    /// Any bytes, with too little gas as often as with enough.
    @Test func randomProgramsAgree() {
        var random = SeededRandom(seed: 2)
        for number in 0..<4000 {
            var code: [UInt8] = []
            for _ in 0..<random.next() % 40 { code += fragment(&random) }
            code += answer
            let gas = random.next() % 4 == 0 ? 1_000_000 : random.next() % 400
            expectTwins(code, gas: gas, "program \(number): \(Hex.encode(code))")
        }
    }

    @Test func gasRunsOutAtTheSameOpcode() {
        // Growing memory, a loop, and a run of destinations.
        let code: [UInt8] =
            [0x60, 0x03, 0x5b, 0x5b, 0x5b, 0x60, 0x01, 0x90, 0x03, 0x80, 0x60, 0x20, 0x02]
            + [0x80, 0x52, 0x80, 0x60, 0x02, 0x57, 0x59, 0x60, 0x00, 0x20, 0x5a] + answer
        for gas in 0..<400 { expectTwins(code, gas: UInt64(gas), "gas \(gas)") }
    }

    @Test func stackLimitsAgree() {
        for height in 1021...1025 {
            for opcode: UInt8 in [0x5f, 0x60, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0x58, 0x5a, 0x36] {
                let code = [UInt8](repeating: 0x5f, count: height) + [opcode]
                expectTwins(code, gas: 100_000, "height \(height), \(opcode)")
            }
        }
        for height in 0...17 {
            for opcode in UInt8.min...UInt8.max {
                let code = [UInt8](repeating: 0x60, count: 2 * height) + [opcode]
                expectTwins(code, gas: 100_000, "height \(height), \(opcode)")
            }
        }
    }

    @Test func olderRevisionsLackTheSameOpcodes() {
        for revision in Revision.allCases {
            for opcode: UInt8 in [0x0a, 0x1b, 0x1c, 0x1d, 0x1e, 0x3d, 0x3e, 0x5e, 0x5f] {
                let code = push(1) + push(2) + push(2) + [opcode] + answer
                expectTwins(code, gas: 100_000, "\(revision) \(opcode)", revision)
            }
        }
    }

    /// Call data, code, the answer of the identity precompile and memory, from and to anywhere.
    @Test func copiesAgree() {
        let places: [UInt256] = [0, 1, 31, 39, 40, 41, 1 << 32, UInt256(UInt64.max), .max]
        let sizes: [UInt256] = [0, 1, 32, 40, 41, 2000, 1 << 33, .max]
        for opcode: UInt8 in [0x37, 0x39, 0x3e, 0x5e] {
            for target in [places[0], places[2], 1000, places[7]] {
                for source in places {
                    for size in sizes {
                        let code =
                            callIdentity + push(size) + push(source) + push(target) + [opcode]
                            + load(0) + load(1000) + load(32) + answer
                        expectTwins(code, gas: 100_000, "\(opcode) \(target) \(source) \(size)")
                    }
                }
            }
            for gas in 0..<60 {
                let code = push(33) + push(0) + push(64) + [opcode] + answer
                expectTwins(code, gas: UInt64(gas), "\(opcode) gas \(gas)")
            }
        }
    }

    /// Pairs hashed again and again, among them ones that differ in a single bit.
    @Test func hashesOfPairsAgree() throws {
        var random = SeededRandom(seed: 3)
        for number in 0..<300 {
            var code: [UInt8] = push(0)
            for _ in 0..<40 {
                let bit = UInt256(1) << Int(random.next() % 256)
                code += push(random.next() % 3 == 0 ? bit : 0)
                code += [0x60, UInt8(random.next() % 2 * 32), 0x52]
                // The digest is added to a sum.
                code += [0x60, random.next() % 8 == 0 ? 63 : 64, 0x60, 0x00, 0x20, 0x01]
            }
            expectTwins(code + answer, gas: 100_000, "program \(number)")
        }
    }

    /// A callee's stack begins above its caller's, and its memory where the caller's ends.
    @Test func framesLeaveEachOtherAlone() {
        var random = SeededRandom(seed: 4)
        for number in 0..<2000 {
            var inner: [UInt8] = []
            for _ in 0..<random.next() % 12 { inner += fragment(&random) }
            var code = push(word(&random)) + push(word(&random))
            for _ in 0..<3 {
                for _ in 0..<random.next() % 4 { code += fragment(&random) }
                code += callOther
            }
            let what = "program \(number): \(Hex.encode(code)) \(Hex.encode(inner))"
            expectTwins(code + answer, gas: 200_000, what, other: inner)
        }
    }

    /// Memory that was cleared ahead of its use, and then was another frame's, reads as zeros.
    @Test func memoryAfterACallIsClear() throws {
        var fill: [UInt8] = []
        for place in 0..<64 {
            fill += push(.max) + [0x61, UInt8(place * 32 >> 8), UInt8(place * 32 & 0xff), 0x52]
        }
        let code =
            push(1) + [0x5f, 0x52] + callOther + [0x50] + load(0x3e0) + load(0x20) + load(0x200)
            + answer
        expectTwins(code, gas: 200_000, "memory", other: fill)
        let output = run(code, gas: 200_000, .osaka, nil, other: fill).output
        #expect(output[..<96].allSatisfy { $0 == 0 })
    }

    /// The first frame's memory starts behind its call data, rounded up: past the end of what
    /// there is when the data just fits.
    @Test func memoryBehindAnyInputAgrees() {
        for count in [0, 31, 16_383, 16_384, 16_385, 40_000, 40_001, 65_535, 100_001, 131_073] {
            for place: UInt64 in [0, 1, 32, 2_000, 60_000, 3_000_000] {
                let code = push(7) + push(UInt256(place)) + [0x52] + load(place) + load(0) + answer
                let what = "input \(count), place \(place)"
                expectTwins(code, gas: 30_000_000, what, inputCount: count)
            }
        }
    }

    // MARK: Programs

    private final class Watcher: Tracer {}

    private func expectTwins(
        _ code: [UInt8], gas: UInt64, _ what: @autoclosure () -> String,
        _ revision: Revision = .osaka, other: [UInt8] = [], inputCount: Int = 40
    ) {
        let fast = run(code, gas: gas, revision, nil, other: other, inputCount: inputCount)
        let slow = run(code, gas: gas, revision, Watcher(), other: other, inputCount: inputCount)
        #expect(fast == slow, "\(what())")
    }

    private func run(
        _ code: [UInt8], gas: UInt64, _ revision: Revision, _ tracer: (any Tracer)?,
        other: [UInt8] = [], inputCount: Int = 40
    ) -> Outcome {
        let source = MemorySource()
        source.set(target, code: code)
        source.set(Address(truncating: 0xca11), code: other)
        let journal = Journal(source: source)
        journal.beginTransaction()
        var machine = Machine(
            revision: revision, block: block,
            transaction: TransactionContext(origin: .zero),
            journal: journal, tracer: tracer)
        let input = (1...inputCount + 1).dropLast().map { UInt8(truncatingIfNeeded: $0) }
        return machine.execute(
            Message(caller: .zero, recipient: target, input: input, gas: gas))
    }

    private let block = BlockContext(
        chainID: 1, number: 1, timestamp: 1, beneficiary: .zero, gasLimit: 30_000_000)
    private let target = Address(truncating: 0xc0de)

    /// Stores the gas and the three top words and returns them.
    private let answer: [UInt8] = [
        0x5a, 0x60, 0x60, 0x52, 0x60, 0x00, 0x52, 0x60, 0x20, 0x52, 0x60, 0x40, 0x52, 0x60, 0x80,
        0x60, 0x00, 0xf3,
    ]

    private let edges: [UInt256] = [
        0, 1, 2, 31, 255, 256, UInt256(UInt64.max), UInt256(limbs: 0, 1, 0, 0),
        UInt256(limbs: 0, .max, 0, 0), UInt256(limbs: 5, 0, 1, 0), UInt256(limbs: 0, 0, 0, 1 << 63),
        UInt256(limbs: 1, 0, 0, 1 << 63), .max, UInt256(limbs: .max - 1, .max, .max, .max),
        UInt256(limbs: 0, 0, .max, .max), UInt256(limbs: .max, 0, .max, 0),
    ]

    /// `CALL`s identity with 40 bytes of code; the result is dropped.
    private let callIdentity: [UInt8] = [
        0x60, 0x28, 0x5f, 0x5f, 0x39, 0x5f, 0x5f, 0x60, 0x28, 0x5f, 0x5f, 0x60, 0x04, 0x5a, 0xf1,
        0x50,
    ]

    /// `CALL`s the other contract without data.
    private let callOther: [UInt8] = [
        0x5f, 0x5f, 0x5f, 0x5f, 0x5f, 0x61, 0xca, 0x11, 0x61, 0x80, 0x00, 0xf1,
    ]

    private func load(_ place: UInt64) -> [UInt8] { push(UInt256(place)) + [0x51] }

    private func push(_ word: UInt256) -> [UInt8] { [0x7f] + word.bigEndianBytes }

    /// Words of any width, whose limbs are often all ones, all zeros or powers of two.
    private func word(_ random: inout SeededRandom) -> UInt256 {
        let width = random.next() % 4
        func limb(_ index: UInt64) -> UInt64 {
            guard index <= width else { return 0 }
            return switch random.next() % 5 {
            case 0: 0
            case 1: .max
            case 2: 1 << (random.next() % 64)
            default: random.next()
            }
        }
        return UInt256(limbs: limb(0), limb(1), limb(2), limb(3))
    }

    private func fragment(_ random: inout SeededRandom) -> [UInt8] {
        switch random.next() % 8 {
        case 0: push(word(&random))
        case 1, 2: [0x60, UInt8(truncatingIfNeeded: random.next())]
        case 3: [0x60, UInt8(random.next() % 64), 0x56 + UInt8(random.next() % 2), 0x5b]
        case 4: [0x61, UInt8(random.next() % 3), UInt8(truncatingIfNeeded: random.next()), 0x51]
        case 5: [0x60, UInt8(truncatingIfNeeded: random.next()), 0x60, 0xe0, 0x20]
        default: random.bytes(1)
        }
    }
}
