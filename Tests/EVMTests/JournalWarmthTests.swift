import Primitives
import Testing

@testable import EVM

@Suite struct JournalWarmthTests {
    private let precompile = Address(truncating: 0x100)

    @Test func precompilesAreWarmWhateverIsReverted() {
        let journal = Journal(source: MemorySource())
        journal.beginTransaction()
        let mark = journal.checkpoint()
        #expect(!journal.isWarm(precompile))
        journal.warm(PrecompileTable(.osaka))
        #expect(journal.isWarm(precompile))
        #expect(!journal.warm(precompile))
        journal.revert(to: mark)
        #expect(!journal.warm(precompile))
        #expect(journal.warm(Address(truncating: 0x101)))
    }

    @Test func theWarmthEndsWithTheTransaction() {
        let journal = Journal(source: MemorySource())
        journal.beginTransaction()
        journal.warm(PrecompileTable(.osaka))
        journal.beginTransaction()
        #expect(!journal.isWarm(precompile))
        #expect(journal.warm(precompile))
        #expect(!journal.warm(precompile))
    }

    @Test func aRevisionWarmsItsOwnPrecompiles() {
        let journal = Journal(source: MemorySource())
        journal.beginTransaction()
        journal.warm(PrecompileTable(.cancun))
        #expect(journal.isWarm(Address(truncating: 0x0a)))
        #expect(!journal.isWarm(Address(truncating: 0x0b)))
        #expect(!journal.isWarm(precompile))
    }
}
