import Crypto
import EVM
import Primitives
import TestSupport
import Testing

/// Precompiles as contracts see them: what a call costs, and that a refusal takes all gas.
@Suite struct PrecompileGasTests {
    private static let gasLimit: UInt64 = 1_000_000_000

    private func call(_ number: UInt64, _ input: [UInt8], gas: UInt64 = gasLimit) -> Outcome {
        let journal = Journal(source: MemorySource(), codeCache: CodeCache())
        journal.beginTransaction()
        let caller = Address(truncating: 0xca11)
        var machine = Machine(
            revision: .osaka,
            block: BlockContext(
                chainID: 1, number: 1, timestamp: 1, beneficiary: Address(truncating: 0),
                gasLimit: gas, prevRandao: .zero),
            transaction: TransactionContext(origin: caller), journal: journal)
        return machine.execute(
            Message(
                caller: caller, recipient: Address(truncating: UInt256(number)), value: .zero,
                input: input, gas: gas))
    }

    /// Zeros are infinity, or the number zero: all these calls succeed.
    @Test(arguments: [
        (0x0b, 256, 375), (0x0d, 512, 600), (0x10, 64, 5_500), (0x11, 128, 23_800),
        (0x0f, 384, 70_300), (0x0f, 1_152, 135_500),
        (0x0c, 160, 12_000), (0x0c, 320, 22_776), (0x0c, 480, 30_528),
        (0x0c, 160 * 127, 792_480), (0x0c, 160 * 128, 797_184), (0x0c, 160 * 129, 803_412),
        (0x0e, 288, 22_500), (0x0e, 576, 45_000), (0x0e, 864, 62_302),
        (0x0e, 288 * 127, 1_497_330), (0x0e, 288 * 128, 1_509_120), (0x0e, 288 * 129, 1_520_910),
    ] as [(UInt64, Int, UInt64)])
    func infinitiesCostAsMuchAsPoints(_ row: (number: UInt64, count: Int, gas: UInt64)) {
        let input = [UInt8](repeating: 0, count: row.count)
        let outcome = call(row.number, input)
        #expect(outcome.status == .success)
        #expect(PrecompileGasTests.gasLimit - outcome.gasLeft == row.gas)
        #expect(call(row.number, input, gas: row.gas).status == .success)
        #expect(call(row.number, input, gas: row.gas - 1).status == .halted(.outOfGas))
    }

    @Test(arguments: [0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x10, 0x11] as [UInt64])
    func refusalsTakeAllGas(_ number: UInt64) {
        for input in [[], [1], [UInt8](repeating: 0xff, count: 160 * 288 * 384)] {
            let outcome = call(number, input, gas: 10_000_000)
            #expect(outcome.gasLeft == 0)
            #expect(outcome.output.isEmpty)
            let isLate = outcome.status == .halted(.outOfGas) && input.count > 1
            #expect(isLate || outcome.status == .halted(.precompileFailed))
        }
    }

    @Test(.enabled(if: PrecompileVector.archive != nil, "no shared test data, or no tar and zstd"))
    func everyPublishedVectorCostsAsPublished() throws {
        let archive = try #require(PrecompileVector.archive)
        let files: [(String, UInt64)] = [
            ("blsG1Add", 0x0b), ("blsG1Mul", 0x0c), ("blsG1MultiExp", 0x0c), ("blsG2Add", 0x0d),
            ("blsG2Mul", 0x0e), ("blsG2MultiExp", 0x0e), ("blsPairing", 0x0f), ("blsMapG1", 0x10),
            ("blsMapG2", 0x11), ("bn256Add", 0x06), ("bn256ScalarMul", 0x07), ("bn256Pairing", 0x08),
        ]
        for (file, number) in files {
            let member = "go-ethereum/core/vm/testdata/precompiles/\(file).json"
            for vector in try PrecompileVector.read(member, from: archive) {
                let outcome = call(number, vector.input)
                #expect(outcome.output == vector.output, "\(file) \(vector.name)")
                let gas = try #require(vector.gas)
                #expect(
                    PrecompileGasTests.gasLimit - outcome.gasLeft == gas, "\(file) \(vector.name)")
            }
        }
    }
}
