import Primitives
import Synchronization
import TestSupport
import Testing

@testable import Node

@Suite struct HiddenBudgetTests {
    private let one = HiddenBudget.Commitment(root: Hash(1), key: Hash(2))

    @Test func countsContextsOnce() throws {
        let budget = HiddenBudget()
        try budget.claim(Hash(5), for: one, openingsMax: 2)
        try budget.claim(Hash(5), for: one, openingsMax: 2)
        #expect(try budget.open(Hash(5), for: Hash(10)) == 1)
        #expect(try budget.open(Hash(5), for: Hash(10)) == 1)
        #expect(!budget.isSpent(Hash(5)))
        #expect(try budget.open(Hash(5), for: Hash(11)) == 0)
        #expect(budget.isSpent(Hash(5)))
        #expect(throws: ProofMakerError.openingsSpent(max: 2)) {
            try budget.open(Hash(5), for: Hash(12))
        }
        #expect(try budget.open(Hash(5), for: Hash(10)) == 0)
    }

    @Test func aSecretIsForOneCommitmentUnderOneKey() throws {
        let budget = HiddenBudget()
        try budget.claim(Hash(5), for: one, openingsMax: 1)
        for other in [(Hash(1), Hash(3)), (Hash(3), Hash(2))] {
            #expect(throws: ProofMakerError.secretUsed) {
                try budget.claim(
                    Hash(5), for: HiddenBudget.Commitment(root: other.0, key: other.1),
                    openingsMax: 1)
            }
        }
        try budget.claim(Hash(6), for: one, openingsMax: 1)
        #expect(!budget.isSpent(Hash(7)))
        #expect(throws: ProofMakerError.secretUsed) { try budget.open(Hash(7), for: .zero) }
    }

    /// The least lately used are forgotten first; what was in use is not.
    @Test func remembersABoundedNumber() throws {
        let budget = HiddenBudget(capacity: 3)
        for secret in 1...3 as ClosedRange<UInt64> {
            try budget.claim(Hash(UInt256(secret)), for: one, openingsMax: 2)
        }
        _ = try budget.open(Hash(1), for: .zero)
        try budget.claim(Hash(4), for: one, openingsMax: 2)
        #expect(budget.count == 3)
        #expect(throws: ProofMakerError.secretUsed) { try budget.open(Hash(2), for: .zero) }
        _ = try budget.open(Hash(1), for: .zero)
        // Asking again for the same secret is a use too.
        try budget.claim(Hash(3), for: one, openingsMax: 2)
        try budget.claim(Hash(5), for: one, openingsMax: 2)
        _ = try budget.open(Hash(3), for: .zero)
        #expect(throws: ProofMakerError.secretUsed) { try budget.open(Hash(4), for: .zero) }
    }

    /// However many ask at once, no more are served than the openings.
    @Test func countsRightForManyAtOnce() throws {
        let budget = HiddenBudget()
        try budget.claim(Hash(5), for: one, openingsMax: 3)
        let served = Mutex(0)
        onThreads(8) { index in
            if (try? budget.open(Hash(5), for: Hash(UInt256(UInt64(index))))) != nil {
                served.withLock { $0 += 1 }
            }
        }
        #expect(served.withLock { $0 } == 3)
    }
}
