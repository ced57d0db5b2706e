internal import Codec
internal import Ledger
internal import Primitives

extension CaseMaker {
    /// A block of a few transactions and withdrawals on a state with the system contracts.
    mutating func block() -> BlockCase {
        var world = world(contracts: 2 + draw.below(3))
        world.block.prevRandao = draw.hash()
        // A block without the contracts that requests come from is refused.
        if !draw.isOne(in: 40) {
            for account in corpus.system { world[account.address] = account }
        }
        world[BlockCase.depositContract] = CaseAccount(
            address: BlockCase.depositContract, nonce: 1, code: CaseMaker.depositCode)
        var subject = BlockCase(
            world: world, parent: parent(world.block.gasLimit), transactions: [],
            withdrawals: [])
        subject.takeFees()
        for _ in 0..<draw.below(6) {
            var entry = transaction(in: &subject.world, mayBeWrong: draw.isOne(in: 3))
            if draw.isOne(in: 4) { aimAtSystem(&entry.transaction) }
            subject.transactions.append(entry)
        }
        subject.withdrawals = (0..<draw.below(5)).map { index in
            Withdrawal(
                index: UInt64(index), validator: UInt64(draw.below(1000)),
                address: draw.isOne(in: 4)
                    ? Address(truncating: UInt256(draw.below(1 << 20))) : draw.pick(targets),
                amount: UInt64(draw.below(3)) * UInt64(draw.below(1 << 30)))
        }
        subject.keepsRefused = draw.isOne(in: 6)
        if draw.isOne(in: 3) { subject.damage = BlockDamage(&draw) }
        return subject
    }

    private mutating func parent(_ gasLimit: UInt64) -> BlockCase.Parent {
        var parent = BlockCase.Parent()
        parent.gasUsed = UInt64(draw.below(Int(gasLimit) + 1))
        parent.baseFee = draw.pick([7, 8, 1_000, 1_000_000_000])
        parent.blobGasUsed = UInt64(draw.below(10)) << 17
        if draw.isOne(in: 2) { parent.excessBlobGas = UInt64(draw.below(500)) << 17 }
        return parent
    }

    /// A request or deposit, right or nearly so.
    private mutating func aimAtSystem(_ transaction: inout Transaction) {
        guard transaction.to != nil else { return }
        transaction.accessList = []
        switch draw.below(4) {
        case 0:
            transaction.to = BlockCase.depositContract
            transaction.input = depositEvent()
        case 1:
            transaction.to = SystemContract.withdrawalRequests
            transaction.input = draw.bytes(draw.isOne(in: 5) ? draw.below(80) : 56)
        case 2:
            transaction.to = SystemContract.consolidationRequests
            transaction.input = draw.bytes(draw.isOne(in: 5) ? draw.below(120) : 96)
        default:
            transaction.to = draw.pick([SystemContract.history, SystemContract.beaconRoots])
            let number = draw.pick([998, 999, 1000, 2000, 1988])
            transaction.input = UInt256(number).bigEndianBytes
        }
        transaction.value = UInt256(draw.below(3))
        let need = max(
            IntrinsicGas.of(transaction, in: rules.revision),
            IntrinsicGas.floor(transaction, in: rules.revision))
        transaction.gasLimit = need + 200_000
    }

    /// Logs its calldata as the deposit contract does: CALLDATACOPY, LOG1, STOP.
    private static let depositCode: [UInt8] =
        [0x36, 0x5f, 0x5f, 0x37, 0x7f]
        + UInt256(
            limbs: 0xa790803be39038c5, 0xe7e1ee912fc0889a, 0xafea4e5cd82d4049, 0x649bbc62d0e31342
        ).bigEndianBytes + [0x36, 0x5f, 0xa1, 0x00]

    /// The data of a deposit's log (EIP-6110): five offsets, then lengths and padded bytes.
    private mutating func depositEvent() -> [UInt8] {
        let sizes = [48, 32, 8, 96, 8]
        var heads: [UInt8] = []
        var tails: [UInt8] = []
        for size in sizes {
            heads += UInt256(sizes.count * 32 + tails.count).bigEndianBytes
            let padding = (32 - size % 32) % 32
            tails += UInt256(size).bigEndianBytes + draw.bytes(size)
            tails += [UInt8](repeating: 0, count: padding)
        }
        var data = heads + tails
        if draw.isOne(in: 6) {
            data[31 + 32 * draw.below(data.count / 32)] ^= UInt8(1 + draw.below(255))
        }
        return data
    }
}
