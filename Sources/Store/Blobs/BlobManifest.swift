internal import Codec
internal import Crypto
internal import Primitives

/// Which chunks make a blob: RLP of `[bytes, chunk hashes, one after the other]`, and the SHA-256
/// of the blob's hash and that RLP, so that damage to a manifest shows as damage to a chunk does.
struct BlobManifest: Equatable {
    let byteCount: Int
    let chunks: [Hash]

    static func chunkCount(of byteCount: Int) -> Int {
        byteCount / Limits.blobChunkBytes + (byteCount % Limits.blobChunkBytes == 0 ? 0 : 1)
    }

    func chunkByteCount(_ index: Int) -> Int {
        min(Limits.blobChunkBytes, byteCount - index * Limits.blobChunkBytes)
    }

    func encoded(for blob: Hash) -> [UInt8] {
        let list = RLPWriter.list { writer in
            writer.write(UInt64(byteCount))
            writer.write(chunks.flatMap(\.bytes))
        }
        return list + SHA256.hash(blob.bytes + list).bytes
    }

    /// - Throws: `damaged` for all that `encoded(for:)` did not make.
    init(_ bytes: [UInt8], of blob: Hash) throws(BlobError) {
        let list = bytes.dropLast(Hash.byteCount)
        guard bytes.count > Hash.byteCount,
            SHA256.hash(blob.bytes + list).bytes.elementsEqual(bytes.suffix(Hash.byteCount))
        else { throw .damaged(blob) }
        do {
            var reader = RLPReader(list)
            var fields = try reader.readList()
            let size = Int(exactly: try fields.readUInt64())
            let hashes = Array(try fields.readBytes())
            guard let size,
                hashes.count == BlobManifest.chunkCount(of: size) * Hash.byteCount
            else { throw BlobError.damaged(blob) }
            byteCount = size
            chunks = stride(from: 0, to: hashes.count, by: Hash.byteCount).map { start in
                Hash(hashes[start..<start + Hash.byteCount])
            }
        } catch {
            throw .damaged(blob)
        }
    }

    init(byteCount: Int, chunks: [Hash]) {
        self.byteCount = byteCount
        self.chunks = chunks
    }
}
