import Proofs
import Testing

@Suite struct OpeningSizeTests {
    private func weights(_ logSize: Int, logColumnsMax: Int = 14) -> StackRequest {
        StackRequest(
            logSize: logSize, isPrefolded: true, logColumnsMax: logColumnsMax, isWitness: false)
    }

    private func witness(_ logSize: Int) -> StackRequest { StackRequest(logSize: logSize) }

    @Test("Stacks of three models fit in 200 kB")
    func meetsTheGoal() throws {
        let lenet = try #require(
            OpeningParameters.choose([weights(17), witness(16), witness(16)]))
        #expect(lenet.cost(isWitness: [false, true, true]).proofBytes < 185_000)
        let dense = try #require(OpeningParameters.choose([weights(20)]))
        #expect(dense.cost(isWitness: [false]).proofBytes < 170_000)
        let tiny = try #require(OpeningParameters.choose([weights(9)]))
        #expect(tiny.byteCountMax < 5_000)
    }

    @Test("The choice holds the stacks and is the same every time")
    func holdsTheStacks() throws {
        for sizes in [[0], [3, 9], [12, 12, 12], [20, 13, 13], [16, 18, 18], [24, 4]] {
            let requests = sizes.map(witness)
            let made = try #require(OpeningParameters.choose(requests))
            #expect(made == OpeningParameters.choose(requests))
            for (stack, size) in zip(made.stacks, sizes) {
                #expect(made.logRows + stack.logColumns >= size)
                #expect(stack.logColumns == 0 || made.logRows + stack.logColumns == size)
            }
            #expect(made.securityBits >= 100)
            #expect(made.cost(isWitness: [true, true, true]).proofBytes <= made.byteCountMax)
        }
    }

    @Test("A limit on columns is kept, and what fits nowhere has no parameters")
    func keepsLimits() throws {
        let made = try #require(OpeningParameters.choose([weights(17, logColumnsMax: 5)]))
        #expect(made.stacks[0].logColumns <= 5)
        #expect(made.stacks[0].isPrefolded)
        #expect(OpeningParameters.choose([witness(37)]) == nil)
        #expect(OpeningParameters.choose([]) == nil)
        let salted = try #require(
            OpeningParameters.choose([StackRequest(logSize: 12, isSalted: true)]))
        #expect(salted.stacks[0].isSalted)
    }
}
