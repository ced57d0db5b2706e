public import Codec
public import Primitives

/// A header with what it commits to.
public struct Block: Sendable, Equatable {
    public var header: Header
    public var transactions: [Transaction]
    /// Headers of uncles, before Paris.
    public var uncles: [Header]
    /// From Shanghai on.
    public var withdrawals: [Withdrawal]?

    public init(
        header: Header, transactions: [Transaction], uncles: [Header] = [],
        withdrawals: [Withdrawal]?
    ) {
        self.header = header
        self.transactions = transactions
        self.uncles = uncles
        self.withdrawals = withdrawals
    }

    /// The body without the header, as the store keeps it.
    public var encodedBody: [UInt8] {
        RLPWriter.list { list in writeBody(to: &list) }
    }

    public var encoded: [UInt8] {
        RLPWriter.list { list in
            list.writeRaw(header.encoded)
            writeBody(to: &list)
        }
    }

    private func writeBody(to list: inout RLPWriter) {
        list.writeList { items in
            for transaction in transactions {
                if transaction.kind == .legacy {
                    items.writeRaw(transaction.encoded)
                } else {
                    items.write(transaction.encoded)
                }
            }
        }
        list.writeList { items in
            for uncle in uncles { items.writeRaw(uncle.encoded) }
        }
        guard let withdrawals else { return }
        list.writeList { items in
            for withdrawal in withdrawals { items.writeRaw(withdrawal.encoded) }
        }
    }

    public init(decoding bytes: [UInt8]) throws(BlockDecodingError) {
        do {
            var outer = RLPReader(bytes)
            var list = try outer.readList()
            try outer.finish()
            let header = try Header(from: &list)
            self = try Block.readBody(header, from: &list)
        } catch let error as RLPError {
            throw .malformed(error)
        } catch let error as BlockDecodingError {
            throw error
        } catch {
            preconditionFailure("the readers throw no other error")
        }
    }

    public init(header: Header, body: [UInt8]) throws(BlockDecodingError) {
        var outer = RLPReader(body)
        do {
            var list = try outer.readList()
            try outer.finish()
            self = try Block.readBody(header, from: &list)
        } catch let error as RLPError {
            throw .malformed(error)
        } catch let error as BlockDecodingError {
            throw error
        } catch {
            preconditionFailure("the readers throw no other error")
        }
    }

    private static func readBody(_ header: Header, from list: inout RLPReader) throws -> Block {
        var transactions: [Transaction] = []
        var items = try list.readList()
        while !items.isAtEnd {
            let isLegacy = items.isList
            let encoded = Array(isLegacy ? try items.readRaw() : try items.readBytes())
            // A legacy transaction stands as a list, an envelope as a string: never the other way.
            if !isLegacy, let first = encoded.first, first >= 0xc0 {
                throw BlockDecodingError.transaction(
                    index: transactions.count, .malformed(.unexpectedString))
            }
            do {
                transactions.append(
                    try Transaction(decoding: encoded, bytesMax: Limits.blockTransactionBytesMax))
            } catch {
                throw BlockDecodingError.transaction(index: transactions.count, error)
            }
        }
        var uncles: [Header] = []
        var headers = try list.readList()
        while !headers.isAtEnd { uncles.append(try Header(from: &headers)) }
        var withdrawals: [Withdrawal]?
        if !list.isAtEnd {
            var entries = try list.readList()
            var read: [Withdrawal] = []
            while !entries.isAtEnd { read.append(try Withdrawal(from: &entries)) }
            withdrawals = read
        }
        try list.finish()
        return Block(
            header: header, transactions: transactions, uncles: uncles, withdrawals: withdrawals)
    }
}

/// Why bytes are no block.
public enum BlockDecodingError: Error, Equatable, Sendable {
    case malformed(RLPError)
    case transaction(index: Int, TransactionDecodingError)
}

/// A payout of the consensus layer (EIP-4895).
public struct Withdrawal: Sendable, Equatable {
    public var index: UInt64
    public var validator: UInt64
    public var address: Address
    /// Gwei, not wei.
    public var amount: UInt64

    public init(index: UInt64, validator: UInt64, address: Address, amount: UInt64) {
        self.index = index
        self.validator = validator
        self.address = address
        self.amount = amount
    }

    public var encoded: [UInt8] {
        RLPWriter.list { fields in
            fields.write(index)
            fields.write(validator)
            fields.write(address)
            fields.write(amount)
        }
    }

    init(from list: inout RLPReader) throws(RLPError) {
        var fields = try list.readList()
        self.init(
            index: try fields.readUInt64(), validator: try fields.readUInt64(),
            address: try fields.readAddress(), amount: try fields.readUInt64())
        try fields.finish()
    }
}
