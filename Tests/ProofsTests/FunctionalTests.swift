import Primitives
import Testing
import Threads

@testable import Proofs

@Suite struct FunctionalTests {
    private func elements(_ count: Int, _ random: inout SeededRandom) -> ExtensionBuffer {
        ExtensionBuffer((0..<count).map { _ in element(&random) })
    }

    private func element(_ random: inout SeededRandom) -> Extension {
        Extension(
            limbs: (0..<Extension.degree).map { _ in
                BabyBear(UInt32(random.next() % UInt64(BabyBear.modulus)))
            })
    }

    /// The value is that of the coefficients' multilinear extension, whatever runs, ranges, single
    /// numbers and scattered ones they are made of.
    @Test(arguments: 0..<24 as Range<UInt64>)
    func valueIsThatOfTheCoefficients(_ seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let log = Int(seed % 11) + (seed == 23 ? 14 : 0)
        let size = 1 << min(log, 13)
        let logSize = min(log, 13)
        let functional = Functional(logSize: logSize)
        var wanted = [Extension](repeating: .zero, count: size)
        func pick(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }
        for _ in 0..<pick(8) {
            let source = elements(1 + pick(size), &random)
            // The same coefficients at several places, aligned and not.
            for _ in 0..<1 + pick(3) {
                let count = 1 + pick(source.count)
                let from = pick(source.count - count + 1)
                let at = pick(size - count + 1)
                let factor = element(&random)
                functional.add(factor, times: source, from: from, count: count, at: at)
                for index in 0..<count { wanted[at + index] += factor * source[from + index] }
            }
        }
        for _ in 0..<pick(4) {
            let start = pick(size)
            let end = start + pick(size - start + 1)
            let value = element(&random)
            functional.add(value, to: start..<end)
            for index in start..<end { wanted[index] += value }
        }
        for _ in 0..<pick(20) {
            let (value, at) = (element(&random), pick(size))
            functional.add(value, at: at)
            wanted[at] += value
        }
        for _ in 0..<pick(3) {
            let positions = (0..<pick(30)).map { _ in Int32(pick(size + 3)) - 3 }
            let source = elements(positions.count, &random)
            let factor = element(&random)
            functional.add(factor, times: source, at: positions)
            for (index, position) in positions.enumerated() where position >= 0 {
                wanted[Int(position)] += factor * source[index]
            }
        }
        let coefficients = functional.coefficients()
        #expect(coefficients.elements == wanted)
        #expect(functional.coefficients(workers: ThreadPool(count: 2)).elements == wanted)
        let point = (0..<logSize).map { _ in element(&random) }
        #expect(functional.value(at: point) == coefficients.dot(ExtensionBuffer.eq(point)))
    }

    @Test func nothingIsZero() {
        #expect(Functional(logSize: 0).value(at: []) == .zero)
        #expect(Functional(logSize: 5).coefficients().elements.allSatisfy { $0 == .zero })
    }
}
