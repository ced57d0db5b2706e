public import Codec
internal import Crypto
public import Primitives

/// Why bytes are no transaction.
public enum TransactionDecodingError: Error, Equatable, Sendable {
    case empty
    case unknownType(UInt8)
    case tooLarge(bytes: Int, max: Int)
    case malformed(RLPError)
    /// A legacy `v` that no chain id gives.
    case invalidV(UInt256)
    case invalidYParity(UInt64)
    case invalidSignature
    /// Types 3 and 4 never create contracts.
    case creationNotAllowed(Transaction.Kind)
    /// Blobs come beside a transaction in a form that nobody has defined.
    case unknownSidecarVersion(UInt64)
}

extension Transaction {
    /// The network encoding: EIP-2718 envelope, or the bare list of a legacy transaction.
    public var encoded: [UInt8] {
        let list = RLPWriter.list { list in
            writeFields(to: &list)
            if kind == .legacy {
                list.write(legacyV)
            } else {
                list.write(UInt64(yParity))
            }
            list.write(r)
            list.write(s)
        }
        return kind == .legacy ? list : [kind.rawValue] + list
    }

    public var hash: Hash { Keccak.hash(encoded) }

    /// What the sender signs.
    public var signingHash: Hash {
        let list = RLPWriter.list { list in
            writeFields(to: &list)
            if kind == .legacy, let chainID {
                list.write(chainID)
                list.write(UInt64(0))
                list.write(UInt64(0))
            }
        }
        return Keccak.hash(kind == .legacy ? list : [kind.rawValue] + list)
    }

    /// The `v` of a legacy signature: 27/28, or 35/36 + 2 · chain id (EIP-155).
    public var legacyV: UInt256 {
        guard let chainID else { return UInt256(UInt64(27 + yParity)) }
        return UInt256(chainID) * 2 + UInt256(UInt64(35 + yParity))
    }

    private func writeFields(to list: inout RLPWriter) {
        if kind != .legacy { list.write(chainID ?? 0) }
        list.write(nonce)
        if kind.rawValue >= Kind.dynamicFee.rawValue { list.write(maxPriorityFeePerGas) }
        list.write(maxFeePerGas)
        list.write(gasLimit)
        list.write(to)
        list.write(value)
        list.write(input)
        if kind == .legacy { return }
        list.writeList { entries in
            for entry in accessList {
                entries.writeList { pair in
                    pair.write(entry.address)
                    pair.writeList { slots in
                        for slot in entry.slots { slots.write(Hash(slot)) }
                    }
                }
            }
        }
        if kind == .blob {
            list.write(maxFeePerBlobGas)
            list.writeList { hashes in
                for hash in blobHashes { hashes.write(hash) }
            }
        }
        if kind == .setCode {
            list.writeList { tuples in
                for authorization in authorizations { authorization.write(to: &tuples) }
            }
        }
    }

    /// Reads the network encoding and refuses anything that is not canonical.
    public init(
        decoding bytes: [UInt8], bytesMax: Int = Limits.transactionBytesMax
    ) throws(TransactionDecodingError) {
        guard let first = bytes.first else { throw .empty }
        guard bytes.count <= bytesMax else { throw .tooLarge(bytes: bytes.count, max: bytesMax) }
        if first >= 0xc0 {
            self = try Transaction.decodeList(bytes, as: .legacy)
            return
        }
        guard first != 0, let kind = Kind(rawValue: first) else { throw .unknownType(first) }
        self = try Transaction.decodeList(Array(bytes[1...]), as: kind)
    }

    private static func decodeList(
        _ bytes: [UInt8], as kind: Kind
    ) throws(TransactionDecodingError) -> Transaction {
        var transaction: Transaction
        let v: UInt256
        do {
            var outer = RLPReader(bytes)
            var list = try outer.readList()
            try outer.finish()
            transaction = try readFields(from: &list, kind: kind)
            v = try list.readUInt256()
            transaction.r = try list.readUInt256()
            transaction.s = try list.readUInt256()
            try list.finish()
        } catch {
            throw .malformed(error)
        }
        if kind == .legacy {
            (transaction.yParity, transaction.chainID) = try split(legacyV: v)
        } else {
            guard v <= 1 else { throw .invalidYParity(v.asUInt64 ?? .max) }
            transaction.yParity = UInt8(truncatingIfNeeded: v.limb0)
        }
        if transaction.to == nil, kind == .blob || kind == .setCode {
            throw .creationNotAllowed(kind)
        }
        return transaction
    }

    private static func readFields(
        from list: inout RLPReader, kind: Kind
    ) throws(RLPError) -> Transaction {
        let chainID: UInt64? = kind == .legacy ? nil : try list.readUInt64()
        let nonce = try list.readUInt64()
        let priority: UInt256? =
            kind.rawValue >= Kind.dynamicFee.rawValue ? try list.readUInt256() : nil
        let maxFee = try list.readUInt256()
        var transaction = Transaction(
            kind: kind, chainID: chainID, nonce: nonce, maxPriorityFeePerGas: priority ?? maxFee,
            maxFeePerGas: maxFee, gasLimit: try list.readUInt64(),
            to: try list.readOptionalAddress(), value: try list.readUInt256(),
            input: Array(try list.readBytes()))
        if kind == .legacy { return transaction }
        transaction.accessList = try readAccessList(from: &list)
        if kind == .blob {
            transaction.maxFeePerBlobGas = try list.readUInt256()
            var hashes = try list.readList()
            while !hashes.isAtEnd { transaction.blobHashes.append(try hashes.readHash()) }
        }
        if kind == .setCode {
            var tuples = try list.readList()
            while !tuples.isAtEnd {
                transaction.authorizations.append(try Authorization(from: &tuples))
            }
        }
        return transaction
    }

    private static func readAccessList(from list: inout RLPReader) throws(RLPError) -> [Access] {
        var entries: [Access] = []
        var reader = try list.readList()
        while !reader.isAtEnd {
            var pair = try reader.readList()
            let address = try pair.readAddress()
            var slots: [UInt256] = []
            var keys = try pair.readList()
            while !keys.isAtEnd { slots.append(try keys.readHash().word) }
            try pair.finish()
            entries.append(Access(address: address, slots: slots))
        }
        return entries
    }

    /// Parity and chain id of a legacy `v`: 27 or 28, or 35 + 2 · chain id and one above.
    private static func split(
        legacyV v: UInt256
    ) throws(TransactionDecodingError) -> (yParity: UInt8, chainID: UInt64?) {
        if v == 27 || v == 28 { return (UInt8(truncatingIfNeeded: v.limb0 - 27), nil) }
        guard v >= 35 else { throw .invalidV(v) }
        let offset = v - 35
        guard let chainID = (offset >> 1).asUInt64 else { throw .invalidV(v) }
        return (UInt8(truncatingIfNeeded: offset.limb0 & 1), chainID)
    }
}

extension Transaction.Authorization {
    func write(to list: inout RLPWriter) {
        list.writeList { fields in
            fields.write(chainID)
            fields.write(address)
            fields.write(nonce)
            fields.write(yParity)
            fields.write(r)
            fields.write(s)
        }
    }

    init(from list: inout RLPReader) throws(RLPError) {
        var fields = try list.readList()
        self.init(
            chainID: try fields.readUInt256(), address: try fields.readAddress(),
            nonce: try fields.readUInt64(), yParity: try fields.readUInt256(),
            r: try fields.readUInt256(), s: try fields.readUInt256())
        try fields.finish()
        // EIP-7702 bounds: yParity fits in a byte; the wider form is no valid tuple.
        guard yParity.byteWidth <= 1 else { throw .tooWide(bytes: yParity.byteWidth) }
    }
}
