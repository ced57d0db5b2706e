import Codec
import Crypto
import EVM
import Ledger
import Primitives
import TestSupport
import Testing

/// Blob transactions with what the network carries beside them.
enum BlobTransactions {
    static func sidecar(
        _ version: BlobSidecar.Version, blobs: Int = 1
    ) throws -> BlobSidecar {
        let proofs = blobs * (version == .blobProofs ? 1 : 128)
        return BlobSidecar(
            version: version, blobs: Array(repeating: ConstantBlob.bytes, count: blobs),
            commitments: Array(repeating: try ConstantBlob.commitment(), count: blobs),
            proofs: Array(repeating: ConstantBlob.proof, count: proofs))
    }

    static func transaction(blobs: Int = 1) throws -> Transaction {
        let hash = KZG.versionedHash(of: try ConstantBlob.commitment()[...])
        return Transaction(
            kind: .blob, chainID: 1, nonce: 7, maxPriorityFeePerGas: 1, maxFeePerGas: 2,
            gasLimit: 21_000, to: Address(truncating: 1), maxFeePerBlobGas: 3,
            blobHashes: Array(repeating: hash, count: blobs), r: 1, s: 1)
    }
}

@Suite struct PooledTransactionTests {
    @Test(arguments: BlobSidecar.Version.allCases, [0, 1, 3])
    func readsWhatItWrites(_ version: BlobSidecar.Version, _ blobs: Int) throws {
        let pooled = PooledTransaction(
            try BlobTransactions.transaction(blobs: blobs),
            sidecar: try BlobTransactions.sidecar(version, blobs: blobs))
        let bytes = pooled.encoded
        #expect(try PooledTransaction(decoding: bytes) == pooled)
        // The form that blocks have is another one, and each reads only its own.
        #expect(throws: TransactionDecodingError.malformed(.unexpectedList)) {
            try Transaction(decoding: bytes, bytesMax: .max)
        }
        let bare = try PooledTransaction(decoding: pooled.transaction.encoded)
        #expect(bare == PooledTransaction(pooled.transaction))
    }

    @Test func readsTransactionsWithoutBlobs() throws {
        for kind in [Transaction.Kind.legacy, .accessList, .dynamicFee] {
            let transaction = Transaction(
                kind: kind, chainID: 1, nonce: 0, maxPriorityFeePerGas: 1, maxFeePerGas: 1,
                gasLimit: 21_000, to: Address(truncating: 1), r: 1, s: 1)
            let bytes = transaction.encoded
            #expect(try PooledTransaction(decoding: bytes) == PooledTransaction(transaction))
            #expect(PooledTransaction(transaction).encoded == bytes)
        }
        #expect(throws: TransactionDecodingError.empty) { try PooledTransaction(decoding: []) }
        #expect(throws: TransactionDecodingError.unknownType(9)) {
            try PooledTransaction(decoding: [9])
        }
    }

    /// The list around a transaction, of the given items.
    private func wrapped(_ write: (inout RLPWriter) -> Void) throws -> [UInt8] {
        let inner = try BlobTransactions.transaction().encoded.dropFirst()
        return [3]
            + RLPWriter.list { list in
                list.writeRaw(inner)
                write(&list)
            }
    }

    @Test func refusesOtherForms() throws {
        func check(
            _ error: TransactionDecodingError, _ write: (inout RLPWriter) -> Void
        ) throws {
            let bytes = try wrapped(write)
            #expect(throws: error) { try PooledTransaction(decoding: bytes) }
        }
        let empty: [UInt8] = []
        func lists(_ count: Int, _ list: inout RLPWriter) {
            for _ in 0..<count { list.writeList { _ in } }
        }
        for version in [0, 2, 255, .max] as [UInt64] {
            try check(.unknownSidecarVersion(version)) { list in
                list.write(version)
                lists(3, &list)
            }
        }
        try check(.malformed(.truncated(wanted: 1, left: 0))) { _ in }
        try check(.malformed(.truncated(wanted: 1, left: 0))) { lists(2, &$0) }
        try check(.malformed(.trailingBytes(1))) { lists(4, &$0) }
        try check(.malformed(.unexpectedString)) { list in
            list.write(UInt64(1))
            list.write(empty)
        }
        for (place, size) in [131_072, 48, 48].enumerated() {
            for count in [size - 1, size + 1] {
                try check(.malformed(.wrongLength(wanted: size, got: count))) { list in
                    lists(place, &list)
                    list.writeList { $0.write([UInt8](repeating: 1, count: count)) }
                    lists(2 - place, &list)
                }
            }
        }
        let whole = try wrapped { lists(3, &$0) }
        #expect(throws: TransactionDecodingError.malformed(.trailingBytes(1))) {
            try PooledTransaction(decoding: whole + [0])
        }
        for count in 1..<whole.count {
            #expect(throws: (any Error).self) {
                try PooledTransaction(decoding: Array(whole[..<count]))
            }
        }
    }

    @Test func sizeHasALimit() throws {
        let max = Limits.pooledTransactionBytesMax
        let bytes = [3] + [UInt8](repeating: 0, count: max)
        #expect(throws: TransactionDecodingError.tooLarge(bytes: max + 1, max: max)) {
            try PooledTransaction(decoding: bytes)
        }
        #expect(throws: TransactionDecodingError.malformed(.unexpectedString)) {
            try PooledTransaction(decoding: Array(bytes.dropLast()))
        }
    }

    /// A transaction that geth's tests send, with the hash that geth answers.
    @Test(.enabled(if: PublishedBlobTransaction.archive != nil, "no shared test data"))
    func readsAPublishedTransaction() throws {
        let (bytes, hash) = try PublishedBlobTransaction.read()
        let pooled = try PooledTransaction(decoding: bytes)
        #expect(pooled.encoded == bytes)
        #expect(pooled.transaction.hash == hash)
        let sidecar = try #require(pooled.sidecar)
        #expect(sidecar.version == .cellProofs)
        try sidecar.checkForm(hashes: pooled.transaction.blobHashes, in: .osaka)
        try sidecar.checkProofs()
    }
}

/// ethereum/execution-apis, tests/eth_sendRawTransaction/send-blob-tx (CC0).
enum PublishedBlobTransaction {
    static let archive = SharedArchive("ethereum-tests/rpc-compat.tar.zst")

    static func read() throws -> (bytes: [UInt8], hash: Hash) {
        let archive = try #require(archive)
        let text = String(
            decoding: archive.read("tests/eth_sendRawTransaction/send-blob-tx.io"),
            as: UTF8.self)
        let numbers = text.split(separator: "\"").filter { $0.hasPrefix("0x") }
        try #require(numbers.count == 2)
        return (try Hex.decodePrefixed(numbers[0]), Hash(try Hex.decodePrefixed(numbers[1])))
    }
}
