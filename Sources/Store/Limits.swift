/// Bounds of the stores, each with what it protects.
enum Limits {
    /// Bytes of a key: ours have fewer than 100.
    static let keyBytesMax = 1 << 16
    /// Bytes of a value: LevelDB cuts lengths to 32 bits without a word.
    static let valueBytesMax = 1 << 30
    /// Bytes of one blob: an ONNX file, a proof, a quote. Reading one takes as much memory.
    static let blobBytesMax = 256 << 20
    /// Bytes of one stored piece of a blob.
    static let blobChunkBytes = 1 << 20
    /// Pieces of a blob that are written together: the memory of a batch, and syncs saved.
    static let blobChunksPerBatch = 8
    /// Bytes that LevelDB gathers in memory, and in its log, before it writes a table.
    static let writeBufferBytes = 64 << 20
    /// Bytes of table blocks that LevelDB keeps in memory.
    static let blockCacheBytes = 64 << 20
    /// Bits a key in the filters that spare reads of tables without it: 1 % false hits.
    static let bloomBitsPerKey: Int32 = 10
    /// Entries of one leaf of the store in memory.
    static let leafEntries = 512
}
