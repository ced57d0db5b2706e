import Inference
import Primitives
import Proofs
import TestSupport
import Testing
import Threads

@Suite struct StackCommitmentTests {
    private func values(_ count: Int, seed: UInt64) -> FieldBuffer {
        var random = SeededRandom(seed: seed)
        return FieldBuffer(
            (0..<count).map { _ in BabyBear(UInt32(truncatingIfNeeded: random.next())) })
    }

    /// Leaves by evaluating every column at every point, the tree by the recursive definition.
    private func root(_ values: FieldBuffer, _ shape: StackShape, _ code: RowCode, _ salts: [UInt8])
        -> Hash
    {
        let hash = LeafHash(wordCount: shape.columns, saltBytes: shape.saltBytes)
        var digests = (0..<code.codewordRows).map { row in
            let point = code.point(row)
            var bytes = Array(salts[row * shape.saltBytes..<(row + 1) * shape.saltBytes])
            for column in 0..<shape.columns {
                var sum = BabyBear.zero
                for coefficient in (0..<code.rows).reversed() {
                    sum = sum * point + values[coefficient * shape.columns + column]
                }
                for byte in 0..<4 {
                    bytes.append(UInt8(truncatingIfNeeded: sum.canonical >> UInt32(8 * byte)))
                }
            }
            return hash.hash(bytes)
        }
        while digests.count > 1 {
            digests = (0..<digests.count / 2).map {
                NodeHash.hash(digests[2 * $0], digests[2 * $0 + 1])
            }
        }
        return digests[0]
    }

    @Test(
        "The root is that of the definition",
        arguments: [
            (0, 0, 1), (0, 3, 2), (1, 0, 3), (3, 1, 1), (4, 4, 2), (5, 2, 3), (6, 5, 1), (2, 7, 2),
        ])
    func hasTheDefinedRoot(_ row: (logRows: Int, logColumns: Int, logBlowup: Int)) {
        let code = RowCode(logRows: row.logRows, logBlowup: row.logBlowup)
        for isSalted in [false, true] {
            let shape = StackShape(logColumns: row.logColumns, isSalted: isSalted)
            let values = values(code.rows * shape.columns, seed: 3)
            var random = SeededRandom(seed: 4)
            let salts = random.bytes(code.codewordRows * shape.saltBytes)
            let made = StackCommitment(
                values: values, shape: shape, code: code, salts: salts, workers: SerialWorkers())
            #expect(made.root == root(values, shape, code, salts))
        }
    }

    @Test("Workers and levels give one root")
    func isDeterministic() {
        let code = RowCode(logRows: 9, logBlowup: 2)
        let shape = StackShape(logColumns: 5)
        let values = values(code.rows * shape.columns, seed: 9)
        let root = StackCommitment(
            values: values, shape: shape, code: code, workers: SerialWorkers()
        ).root
        #expect(
            StackCommitment(values: values, shape: shape, code: code, workers: BackwardWorkers())
                .root == root)
        #expect(
            StackCommitment(
                values: values, shape: shape, code: code, workers: ThreadPool(count: 2)
            ).root == root)
        for level in KernelLevel.allCases where level.isAvailable && level != .swift {
            let made = StackCommitment(
                values: values, shape: shape, code: code, workers: SerialWorkers(), level: level)
            #expect(made.root == root)
        }
    }

    @Test("A changed value, or salt, changes the root")
    func bindsValues() {
        let code = RowCode(logRows: 3, logBlowup: 2)
        let shape = StackShape(logColumns: 2, isSalted: true)
        let values = values(32, seed: 5)
        var salts = [UInt8](repeating: 7, count: 32 * 16)
        func root() -> Hash {
            StackCommitment(
                values: values, shape: shape, code: code, salts: salts, workers: SerialWorkers()
            ).root
        }
        var roots = [root()]
        for index in 0..<32 {
            values[index] += .one
            roots.append(root())
            values[index] -= .one
        }
        for leaf in 0..<32 {
            salts[16 * leaf + 15] ^= 1
            roots.append(root())
            salts[16 * leaf + 15] ^= 1
        }
        #expect(Set(roots).count == 65)
        #expect(root() == roots[0])
    }

    @Test("Stacks that are not full, or salts for unsalted leaves, are our own mistake")
    func refusesOtherSizes() async {
        await #expect(processExitsWith: .failure) {
            _ = StackCommitment(
                values: FieldBuffer(count: 7), shape: StackShape(logColumns: 0),
                code: RowCode(logRows: 3, logBlowup: 1), workers: SerialWorkers())
        }
        await #expect(processExitsWith: .failure) {
            _ = StackCommitment(
                values: FieldBuffer(count: 8), shape: StackShape(logColumns: 0),
                code: RowCode(logRows: 3, logBlowup: 1), salts: [1], workers: SerialWorkers())
        }
    }
}
