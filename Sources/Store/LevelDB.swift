// The only file that knows LevelDB's C interface: it owns every object of the library and turns
// its messages into `StoreError`.

internal import CLevelDB

/// An open database, closed when the last reference goes. Safe to use from any thread.
@safe
final class LevelDB: @unchecked Sendable {
    private let database: OpaquePointer
    private let options: LevelDBOptions

    /// Opens the database in a folder, or makes one there.
    init(path: String) throws(StoreError) {
        options = LevelDBOptions()
        var message: UnsafeMutablePointer<CChar>?
        let opened = unsafe leveldb_open(options.opening, path, &message)
        if let text = unsafe takeText(message) { throw StoreError(opening: path, text) }
        guard let opened = unsafe opened else {
            throw .cannotOpen(path: path, reason: "LevelDB gives no database and no reason")
        }
        unsafe database = opened
    }

    deinit { unsafe leveldb_close(database) }

    func value(for key: [UInt8]) throws(StoreError) -> [UInt8]? {
        var message: UnsafeMutablePointer<CChar>?
        var count = 0
        let found = unsafe withCharacters(key) { start, length in
            unsafe leveldb_get(database, options.reading, start, length, &count, &message)
        }
        if let text = unsafe takeText(message) { throw StoreError(text) }
        guard let found = unsafe found else { return try confirmAbsence(of: key) }
        defer { unsafe leveldb_free(found) }
        return unsafe Array(UnsafeRawBufferPointer(start: found, count: count))
    }

    /// LevelDB says of a table file that is gone what it says of a key that is not there. An
    /// iterator tells the two apart.
    private func confirmAbsence(of key: [UInt8]) throws(StoreError) -> [UInt8]? {
        try scan(prefix: key, from: nil, limit: 1).first { $0.key == key }?.value
    }

    func write(_ batch: WriteBatch, durably: Bool) throws(StoreError) {
        guard let gathered = unsafe leveldb_writebatch_create() else {
            throw .ioFailed("LevelDB has no memory for a batch")
        }
        defer { unsafe leveldb_writebatch_destroy(gathered) }
        for operation in batch.operations {
            switch operation {
            case .put(let key, let value):
                unsafe withCharacters(key) { keyStart, keyLength in
                    unsafe withCharacters(value) { start, length in
                        unsafe leveldb_writebatch_put(
                            gathered, keyStart, keyLength, start, length)
                    }
                }
            case .delete(let key):
                unsafe withCharacters(key) { start, length in
                    unsafe leveldb_writebatch_delete(gathered, start, length)
                }
            }
        }
        var message: UnsafeMutablePointer<CChar>?
        unsafe leveldb_write(
            database, durably ? options.writingDurably : options.writing, gathered, &message)
        if let text = unsafe takeText(message) { throw StoreError(text) }
    }

    func scan(
        prefix: [UInt8], from start: [UInt8]?, limit: Int
    ) throws(StoreError) -> [(key: [UInt8], value: [UInt8])] {
        guard let iterator = unsafe leveldb_create_iterator(database, options.reading) else {
            throw .ioFailed("LevelDB has no memory for an iterator")
        }
        defer { unsafe leveldb_iter_destroy(iterator) }
        var entries: [(key: [UInt8], value: [UInt8])] = []
        unsafe withCharacters(firstKey(prefix: prefix, from: start)) { first, length in
            unsafe leveldb_iter_seek(iterator, first, length)
        }
        while entries.count < limit, unsafe leveldb_iter_valid(iterator) != 0 {
            var length = 0
            let key = unsafe leveldb_iter_key(iterator, &length)
            let keyBytes = unsafe Array(UnsafeRawBufferPointer(start: key, count: length))
            guard keyBytes.starts(with: prefix) else { break }
            let value = unsafe leveldb_iter_value(iterator, &length)
            let valueBytes = unsafe Array(UnsafeRawBufferPointer(start: value, count: length))
            entries.append((key: keyBytes, value: valueBytes))
            if entries.count < limit { unsafe leveldb_iter_next(iterator) }
        }
        // An iterator steps over blocks that it cannot read; only this tells.
        var message: UnsafeMutablePointer<CChar>?
        unsafe leveldb_iter_get_error(iterator, &message)
        if let text = unsafe takeText(message) { throw StoreError(text) }
        return entries
    }
}

/// The library's option objects and what they point to; they must outlive the database.
@safe
private struct LevelDBOptions: ~Copyable {
    private let filter: OpaquePointer
    private let cache: OpaquePointer
    let opening: OpaquePointer
    let reading: OpaquePointer
    let writing: OpaquePointer
    let writingDurably: OpaquePointer

    init() {
        unsafe filter = leveldb_filterpolicy_create_bloom(Limits.bloomBitsPerKey)
        unsafe cache = leveldb_cache_create_lru(Limits.blockCacheBytes)
        unsafe opening = leveldb_options_create()
        unsafe leveldb_options_set_create_if_missing(opening, 1)
        unsafe leveldb_options_set_paranoid_checks(opening, 1)
        unsafe leveldb_options_set_write_buffer_size(opening, Limits.writeBufferBytes)
        unsafe leveldb_options_set_filter_policy(opening, filter)
        unsafe leveldb_options_set_cache(opening, cache)
        unsafe reading = leveldb_readoptions_create()
        unsafe leveldb_readoptions_set_verify_checksums(reading, 1)
        unsafe writing = leveldb_writeoptions_create()
        unsafe writingDurably = leveldb_writeoptions_create()
        unsafe leveldb_writeoptions_set_sync(writingDurably, 1)
    }

    deinit {
        unsafe leveldb_writeoptions_destroy(writingDurably)
        unsafe leveldb_writeoptions_destroy(writing)
        unsafe leveldb_readoptions_destroy(reading)
        unsafe leveldb_options_destroy(opening)
        unsafe leveldb_cache_destroy(cache)
        unsafe leveldb_filterpolicy_destroy(filter)
    }
}

// MARK: - Messages

extension StoreError {
    /// What LevelDB says when it does not open a folder.
    fileprivate init(opening path: String, _ text: String) {
        if let what = text.dropping("Corruption: ") {
            self = .corrupt(what)
        } else if text.hasPrefix("IO error: lock "), !text.hasSuffix("No locks available") {
            self = .locked(path: path)
        } else {
            self = .cannotOpen(path: path, reason: text.dropping("IO error: ") ?? text)
        }
    }

    /// What LevelDB says when it does not read or write.
    fileprivate init(_ text: String) {
        if let what = text.dropping("Corruption: ") {
            self = .corrupt(what)
        } else if let what = text.dropping("NotFound: ") {
            self = .corrupt("a file is gone: \(what)")
        } else {
            self = .ioFailed(text.dropping("IO error: ") ?? text)
        }
    }
}

extension String {
    /// What follows the prefix; nil without it.
    fileprivate func dropping(_ prefix: String) -> String? {
        hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
    }
}

/// Reads and frees a message of the library.
private func takeText(_ message: UnsafeMutablePointer<CChar>?) -> String? {
    guard let message = unsafe message else { return nil }
    defer { unsafe leveldb_free(message) }
    return unsafe String(cString: message)
}

private func withCharacters<Answer>(
    _ bytes: [UInt8], _ body: (UnsafePointer<CChar>?, Int) -> Answer
) -> Answer {
    unsafe bytes.withUnsafeBytes { raw in
        unsafe raw.withMemoryRebound(to: CChar.self) { unsafe body($0.baseAddress, $0.count) }
    }
}
