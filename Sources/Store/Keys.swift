public import Primitives

/// The keys of the whole database: one byte names the table, the rest is the key in it.
///
/// Numbers are big-endian, so that a scan gives them in order. The bytes are the disk format:
/// a number in `Table` is never changed nor used again; 0x09 and 0x0a were.
public enum Keys {
    private enum Table: UInt8 {
        case head = 0x01
        case trieNode = 0x02
        case code = 0x03
        case header = 0x04
        case body = 0x05
        case receipts = 0x06
        case canonicalHash = 0x07
        case transaction = 0x08
        case reservation = 0x0b
        case settlement = 0x0c
        case meta = 0x0d
        case blobManifest = 0x0e
        case blobChunk = 0x0f
        case blobPending = 0x10
    }

    // MARK: State, by Keccak-256

    /// The RLP of a trie node.
    public static func trieNode(_ hash: Hash) -> [UInt8] { key(.trieNode, hash.bytes) }
    /// The code of a contract.
    public static func code(_ hash: Hash) -> [UInt8] { key(.code, hash.bytes) }

    // MARK: Blocks, by block hash

    /// The hash of the newest block.
    public static let head: [UInt8] = key(.head, [])
    public static func header(_ hash: Hash) -> [UInt8] { key(.header, hash.bytes) }
    /// The transactions and withdrawals of a block.
    public static func body(_ hash: Hash) -> [UInt8] { key(.body, hash.bytes) }
    public static func receipts(_ hash: Hash) -> [UInt8] { key(.receipts, hash.bytes) }
    /// The hash of the block with this number on the way to the head.
    public static func canonicalHash(_ number: UInt64) -> [UInt8] {
        key(.canonicalHash, bigEndian(number))
    }
    /// The block and the index in it of a transaction.
    public static func transaction(_ hash: Hash) -> [UInt8] { key(.transaction, hash.bytes) }

    // MARK: Blobs, by SHA-256

    /// The size of a blob and the hashes of its chunks, by the hash of its bytes.
    public static func blobManifest(_ hash: Hash) -> [UInt8] { key(.blobManifest, hash.bytes) }
    public static let blobManifestPrefix: [UInt8] = key(.blobManifest, [])
    /// A chunk of one blob or of many, by the hash of its own bytes.
    public static func blobChunk(_ hash: Hash) -> [UInt8] { key(.blobChunk, hash.bytes) }
    /// A chunk that no manifest names yet: its size.
    public static func blobPending(_ hash: Hash) -> [UInt8] { key(.blobPending, hash.bytes) }
    public static let blobPendingPrefix: [UInt8] = key(.blobPending, [])

    // MARK: Payments

    /// A payment that is promised and not settled yet.
    public static func reservation(_ hash: Hash) -> [UInt8] { key(.reservation, hash.bytes) }
    public static let reservationPrefix: [UInt8] = key(.reservation, [])
    public static func settlement(_ hash: Hash) -> [UInt8] { key(.settlement, hash.bytes) }
    public static let settlementPrefix: [UInt8] = key(.settlement, [])

    // MARK: The database itself

    /// A fact about the database, as its format version.
    public static func meta(_ name: String) -> [UInt8] { key(.meta, Array(name.utf8)) }

    private static func key(_ table: Table, _ rest: [UInt8]) -> [UInt8] { [table.rawValue] + rest }

    private static func bigEndian(_ number: some FixedWidthInteger) -> [UInt8] {
        stride(from: number.bitWidth - 8, through: 0, by: -8).map {
            UInt8(truncatingIfNeeded: number >> $0)
        }
    }
}
