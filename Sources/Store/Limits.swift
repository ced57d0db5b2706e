/// Bounds of the stores, each with what it protects.
enum Limits {
    /// Bytes of a key: ours have fewer than 100.
    static let keyBytesMax = 1 << 16
    /// Bytes of a value: LevelDB cuts lengths to 32 bits without a word.
    static let valueBytesMax = 1 << 30
    /// Bytes of one stored piece of a blob: what is held of one that comes or goes.
    static let blobChunkBytes = 1 << 20
    /// Bytes that a key of a blob takes beside its value, about: counted, so that many empty blobs
    /// are not for nothing.
    static let blobEntryBytes = 100
    /// Chunks of broken off uploads that are removed together at the start.
    static let blobGarbageBatch = 1_000
    /// Bytes that LevelDB gathers in memory, and in its log, before it writes a table.
    static let writeBufferBytes = 64 << 20
    /// Bytes of table blocks that LevelDB keeps in memory.
    static let blockCacheBytes = 64 << 20
    /// Bits a key in the filters that spare reads of tables without it: 1 % false hits.
    static let bloomBitsPerKey: Int32 = 10
    /// Entries of one leaf of the store in memory.
    static let leafEntries = 512
}
