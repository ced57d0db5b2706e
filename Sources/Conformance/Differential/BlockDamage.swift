internal import Codec
internal import Crypto
internal import Ledger
internal import Primitives

/// A block in parts that can be made wrong one by one.
struct BlockParts {
    var header: Header
    /// Encoded.
    var transactions: [[UInt8]]
    var withdrawals: [Withdrawal]

    var encoded: [UInt8] {
        RLPWriter.list { list in
            list.writeRaw(header.encoded)
            list.writeList { items in
                for bytes in transactions {
                    if bytes.first.map({ $0 >= 0xc0 }) ?? false {
                        items.writeRaw(bytes)
                    } else {
                        items.write(bytes)
                    }
                }
            }
            list.writeList { _ in }
            list.writeList { items in
                for withdrawal in withdrawals { items.writeRaw(withdrawal.encoded) }
            }
        }
    }

    /// Makes the header name the transactions, as far as they decode, and the withdrawals.
    mutating func updateRoots() {
        let read = transactions.compactMap {
            try? Transaction(decoding: $0, bytesMax: Limits.blockTransactionBytesMax)
        }
        header.transactionsRoot = OrderedRoots.transactions(read)
        header.withdrawalsRoot = OrderedRoots.withdrawals(withdrawals)
        header.blobGasUsed = read.reduce(0) { $0 + $1.blobGas }
    }
}

/// What is made wrong about a sealed block.
enum BlockDamage: Sendable, Equatable {
    /// A header field by its place, and what it becomes or changes by.
    case header(field: Int, noise: UInt256)
    /// The header's roots may follow the change.
    case transaction(index: Int, ByteEdit, updatesRoots: Bool)
    case withdrawal(index: Int, amount: UInt64, updatesRoots: Bool)
    /// The same transaction once more, or one less.
    case count(isMore: Bool, updatesRoots: Bool)
    case bytes([ByteEdit])

    init(_ draw: inout Draw) {
        let updatesRoots = draw.isOne(in: 2)
        switch draw.below(8) {
        case 0:
            self = .transaction(index: draw.below(8), ByteEdit(&draw), updatesRoots: updatesRoots)
        case 1:
            self = .withdrawal(
                index: draw.below(8), amount: UInt64(draw.below(3)), updatesRoots: updatesRoots)
        case 2: self = .count(isMore: draw.isOne(in: 2), updatesRoots: updatesRoots)
        case 3: self = .bytes((0...draw.below(2)).map { _ in ByteEdit(&draw) })
        default:
            self = .header(field: draw.below(BlockDamage.fieldCount), noise: draw.word())
        }
    }

    private static let fieldCount = 20

    func apply(to parts: inout BlockParts) {
        switch self {
        case .header(let field, let noise):
            BlockDamage.change(&parts.header, field: field, noise: noise)
        case .transaction(let index, let edit, let updatesRoots):
            guard !parts.transactions.isEmpty else { return }
            edit.apply(to: &parts.transactions[index % parts.transactions.count])
            if updatesRoots { parts.updateRoots() }
        case .withdrawal(let index, let amount, let updatesRoots):
            guard !parts.withdrawals.isEmpty else { return }
            parts.withdrawals[index % parts.withdrawals.count].amount = amount
            if updatesRoots { parts.updateRoots() }
        case .count(let isMore, let updatesRoots):
            guard let last = parts.transactions.last else { return }
            if isMore { parts.transactions.append(last) } else { parts.transactions.removeLast() }
            if updatesRoots { parts.updateRoots() }
        case .bytes: break
        }
    }

    func apply(to encoded: inout [UInt8]) {
        guard case .bytes(let edits) = self else { return }
        for edit in edits { edit.apply(to: &encoded) }
    }

    private static func change(_ header: inout Header, field: Int, noise: UInt256) {
        // Next to the right value, mostly: a check that is off by one shows there.
        let step: UInt64 = noise.bit(0) ? 1 : .max
        let hash = Hash(noise)
        switch field {
        case 0: header.parentHash = hash
        case 1: header.unclesHash = hash
        case 2: header.beneficiary = Address(truncating: noise)
        case 3: header.stateRoot = hash
        case 4: header.transactionsRoot = hash
        case 5: header.receiptsRoot = hash
        case 6:
            let other = Bloom(noise.bigEndianBytes + [UInt8](repeating: 0, count: 224))
            header.bloom.formUnion(other)
        case 7: header.difficulty = noise
        case 8: header.number &+= step
        case 9:
            // A limit moves by less than a 1024th of its parent's.
            let most = header.gasLimit / 1024
            let distance = [1, most - 1, most, most + 1][Int(noise.limb0 >> 2 & 3)]
            header.gasLimit =
                noise.bit(1) ? header.gasLimit &+ distance : header.gasLimit &- distance
        case 10: header.gasUsed &+= step
        case 11: header.timestamp &+= noise.bit(1) ? 0 &- 11 &- (noise.limb0 >> 2 & 1) : step
        case 12: header.extraData = [UInt8](repeating: 1, count: noise.bit(1) ? 32 : 33)
        case 13: header.mixHash = hash
        case 14: header.nonce = noise.limb0
        case 15: header.baseFee = header.baseFee.map { $0 &+ (noise.bit(0) ? 1 : .max) }
        case 16: header.withdrawalsRoot = hash
        case 17:
            header.blobGasUsed = header.blobGasUsed.map { $0 &+ (noise.bit(1) ? step : 1 << 17) }
        case 18: header.excessBlobGas = header.excessBlobGas.map { $0 &+ step }
        default: header.requestsHash = hash
        }
    }
}
