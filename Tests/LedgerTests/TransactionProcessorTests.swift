import Crypto
import EVM
import Ledger
import Primitives
import Testing

@Suite struct TransactionProcessorTests {
    private static let sender = Address(truncating: 0x5e)

    /// Whether a plain transfer of an account with this code is in.
    private static func isAccepted(_ code: [UInt8], _ revision: Revision) -> Bool {
        let state = MemoryState()
        state.apply([
            AccountChange(
                address: sender,
                account: Account(nonce: 1, balance: 1_000_000, codeHash: Keccak.hash(code)),
                code: code)
        ])
        var processor = TransactionProcessor(
            revision: revision,
            block: BlockContext(
                chainID: 1, number: 1, timestamp: 1, beneficiary: .zero, gasLimit: 30_000_000),
            blobSchedule: nil, precompiles: PrecompileTable(revision),
            journal: Journal(source: state))
        let transaction = Transaction(
            kind: .legacy, chainID: nil, nonce: 1, maxPriorityFeePerGas: .zero,
            maxFeePerGas: .zero, gasLimit: 21_000, to: Address(truncating: 0x70))
        do {
            return try processor.process(transaction, from: sender, gasLeft: 30_000_000).succeeded
        } catch {
            #expect(error == .senderHasCode(sender))
            return false
        }
    }

    /// EIP-3607, and EIP-7702 from Prague on.
    @Test func accountsWithCodeSendNothingUnlessTheyDelegate() {
        let designator = [0xef, 0x01, 0x00] + Address(truncating: 0xc0de).bytes
        #expect(TransactionProcessorTests.isAccepted([], .cancun))
        #expect(!TransactionProcessorTests.isAccepted([0x00], .cancun))
        #expect(!TransactionProcessorTests.isAccepted(designator, .cancun))
        #expect(TransactionProcessorTests.isAccepted(designator, .prague))
        #expect(TransactionProcessorTests.isAccepted(designator, .osaka))
        #expect(!TransactionProcessorTests.isAccepted(designator + [0], .osaka))
        #expect(!TransactionProcessorTests.isAccepted([0x00], .osaka))
    }
}
