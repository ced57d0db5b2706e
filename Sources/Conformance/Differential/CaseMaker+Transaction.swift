internal import Crypto
internal import Ledger
internal import Primitives

extension CaseMaker {
    /// One transaction of any type on a world made for it.
    mutating func transaction() -> TransactionCase {
        var world = world(contracts: 1 + draw.below(4))
        // pyrevm runs every call at a base fee of zero, whatever its block has.
        world.block.baseFee = rules == .cancun ? .zero : draw.pick([0, 0, 7, 1_000_000_000])
        if draw.isOne(in: 3) { world.block.excessBlobGas = UInt64(draw.below(80)) << 20 }
        let entry = transaction(in: &world, mayBeWrong: true)
        return TransactionCase(world: world, entry: entry)
    }

    /// A transaction for the world's block; it may change what its sender has.
    mutating func transaction(in world: inout CaseWorld, mayBeWrong: Bool) -> CaseTransaction {
        let signer = draw.below(CaseKey.senderCount)
        var entry = CaseTransaction(
            transaction: Transaction(
                kind: kind(), chainID: 1, nonce: world[CaseKey.all[signer].address].nonce,
                maxPriorityFeePerGas: .zero, maxFeePerGas: .zero, gasLimit: 0, to: nil),
            signer: signer)
        fill(&entry.transaction)
        price(&entry.transaction, world.block)
        let need = max(
            IntrinsicGas.of(entry.transaction, in: rules.revision),
            IntrinsicGas.floor(entry.transaction, in: rules.revision))
        let bounds = [1, 100, 5_000, 60_000, 300_000, 300_000, 600_000, 600_000]
        entry.transaction.gasLimit = need + UInt64(draw.below(draw.pick(bounds)))
        if mayBeWrong, draw.isOne(in: 3) { spoil(&entry, &world, need: need) }
        return entry
    }

    private mutating func kind() -> Transaction.Kind {
        rules == .cancun
            ? draw.pick([.legacy, .legacy, .accessList, .blob])
            : draw.pick([
                .legacy, .legacy, .accessList, .dynamicFee, .dynamicFee, .blob, .setCode,
                .setCode,
            ])
    }

    // MARK: Fields

    private mutating func fill(_ transaction: inout Transaction) {
        let mayCreate = transaction.kind != .blob && transaction.kind != .setCode
        if transaction.kind == .legacy, draw.isOne(in: 3) { transaction.chainID = nil }
        if mayCreate, draw.isOne(in: 6) {
            transaction.input = initcode()
        } else {
            transaction.to =
                draw.isOne(in: 10)
                ? Address(truncating: UInt256(1 + draw.below(20)))
                : draw.isOne(in: 4) ? draw.pick(targets) : draw.pick(contracts)
            transaction.input = calldata()
        }
        if draw.isOne(in: 3) { transaction.value = UInt256(draw.below(100_000)) }
        if transaction.kind != .legacy, draw.isOne(in: 2) {
            transaction.accessList = accessList()
            if rules == .cancun, draw.isOne(in: 2) {
                // The storage of these stays: see `TransactionCase.fitted`.
                transaction.accessList += contracts.map { .init(address: $0, slots: []) }
            }
        }
        if transaction.kind == .blob {
            transaction.blobHashes = (0...draw.below(6)).map { _ in
                Hash([1] + draw.bytes(31))
            }
        }
        if transaction.kind == .setCode {
            transaction.authorizations = (0...draw.below(3)).map { _ in authorization() }
        }
    }

    private mutating func calldata() -> [UInt8] {
        // Long data meets the floor price (EIP-7623).
        let count = draw.isOne(in: 6) ? draw.below(2000) : draw.below(150)
        let zeros = 1 + draw.below(4)
        return (0..<count).map { _ in draw.isOne(in: zeros) ? 0 : UInt8(draw.below(256)) }
    }

    /// Code that returns random code, or random code itself.
    private mutating func initcode() -> [UInt8] {
        guard draw.isOne(in: 2) else { return code() }
        let body = code()
        // CODECOPY of what follows these twelve bytes, then RETURN.
        let size = [UInt8(body.count >> 8 & 255), UInt8(body.count & 255)]
        return [0x61] + size + [0x60, 12, 0x5f, 0x39, 0x61] + size + [0x5f, 0xf3] + body
    }

    private mutating func accessList() -> [Transaction.Access] {
        (0..<draw.below(4)).map { _ in
            let address =
                draw.isOne(in: 5)
                ? Address(truncating: UInt256(draw.below(20))) : draw.pick(targets)
            return Transaction.Access(
                address: address,
                slots: (0..<draw.below(4)).map { _ in UInt256(draw.below(5)) })
        }
    }

    private mutating func authorization() -> Transaction.Authorization {
        let signer = draw.below(CaseKey.all.count)
        let target: Address =
            draw.isOne(in: 5)
            ? .zero : draw.isOne(in: 6) ? Address(truncating: 4) : draw.pick(targets)
        var authorization = Transaction.Authorization(
            chainID: draw.isOne(in: 8) ? draw.word() : UInt256(draw.below(2)), address: target,
            nonce: draw.isOne(in: 12)
                ? .max - UInt64(draw.below(2)) : draw.pick([0, 0, 1, 2, 5, 6]),
            yParity: .zero, r: .zero, s: .zero
        ).signed(with: CaseKey.all[signer])
        switch draw.below(20) {
        case 0: authorization.yParity = draw.pick([2, 27, 255, .max])
        case 1: authorization.s = Secp256k1.order - authorization.s
        case 2: authorization.r = draw.word()
        case 3: authorization.s = .zero
        default: break
        }
        return authorization
    }

    private mutating func price(_ transaction: inout Transaction, _ block: CaseBlock) {
        let tip = draw.pick([UInt256(0), 1, 7, 1_000_000_000])
        transaction.maxFeePerGas = block.baseFee + tip
        transaction.maxPriorityFeePerGas = transaction.maxFeePerGas
        // pyrevm creates contracts at no price only.
        if rules == .cancun, transaction.to == nil {
            transaction.maxFeePerGas = .zero
            transaction.maxPriorityFeePerGas = .zero
        }
        if rules == .osaka, transaction.kind.rawValue >= Transaction.Kind.dynamicFee.rawValue {
            transaction.maxFeePerGas += UInt256(draw.below(1000))
            transaction.maxPriorityFeePerGas = min(tip, transaction.maxFeePerGas)
        }
        if transaction.kind == .blob {
            transaction.maxFeePerBlobGas = block.blobBaseFee(rules) + UInt256(draw.below(3))
        }
    }

    // MARK: Mistakes

    /// Makes one thing wrong, or nearly so.
    ///
    /// - Parameter need: the least gas that the transaction may name.
    private mutating func spoil(
        _ entry: inout CaseTransaction, _ world: inout CaseWorld, need: UInt64
    ) {
        if entry.transaction.kind == .blob, draw.isOne(in: 3) {
            spoilBlobs(&entry.transaction)
            return
        }
        let sender = entry.sender
        switch draw.below(rules == .cancun ? 9 : 15) {
        case 0: entry.transaction.nonce &+= 1
        case 1: entry.transaction.nonce &-= 1
        case 2: entry.transaction.gasLimit = need - 1 - UInt64(draw.below(100))
        case 3:
            entry.transaction.gasLimit = draw.pick([
                Limits.transactionGasMax, Limits.transactionGasMax + 1, world.block.gasLimit,
                world.block.gasLimit + 1, .max >> 1,
            ])
        case 4, 5:
            // Just enough, or one less.
            let cost = entry.transaction.upfrontCost
            let missing = UInt256(draw.below(2))
            world[sender].balance = cost > missing ? cost - missing : cost
        case 6:
            entry.transaction.chainID = draw.pick([0, 2, .max >> 2])
        case 7:
            entry.transaction.value = draw.pick([.max, world[sender].balance])
        case 8:
            if entry.transaction.to == nil {
                let extra = draw.below(2)
                entry.transaction.input = [UInt8](
                    repeating: 0, count: Limits.initcodeBytesMax + extra)
                entry.transaction.gasLimit = 600_000
            } else {
                world[sender].code = code()
                world[sender].nonce = max(world[sender].nonce, 1)
            }
        default: spoilFees(&entry, world.block)
        }
    }

    private mutating func spoilBlobs(_ transaction: inout Transaction) {
        switch draw.below(4) {
        case 0: transaction.blobHashes = []
        case 1: transaction.blobHashes[0] = Hash([draw.pick([0, 2])] + draw.bytes(31))
        case 2:
            let count = 6 + draw.below(5)
            transaction.blobHashes = (0..<count).map { _ in Hash([1] + draw.bytes(31)) }
        default: transaction.maxFeePerBlobGas = UInt256(draw.below(2))
        }
    }

    /// What a peer without signatures and fees cannot tell.
    private mutating func spoilFees(_ entry: inout CaseTransaction, _ block: CaseBlock) {
        switch draw.below(8) {
        case 0: entry.flaw = draw.pick([.highS, .otherParity, .zeroR])
        case 1 where !block.baseFee.isZero:
            entry.transaction.maxFeePerGas = block.baseFee - UInt256(draw.below(2))
        case 2: entry.transaction.maxPriorityFeePerGas = entry.transaction.maxFeePerGas + 1
        case 3: entry.transaction.maxFeePerGas = draw.word()
        case 4 where entry.transaction.kind == .setCode: entry.transaction.authorizations = []
        case 5: entry.transaction.to = nil
        default: entry.flaw = .bytes((0...draw.below(2)).map { _ in ByteEdit(&draw) })
        }
    }
}
