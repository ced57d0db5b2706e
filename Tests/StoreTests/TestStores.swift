import Files
import Primitives
import Store
import Testing

/// A kind of store that the laws hold for.
enum StoreKind: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case memory, levelDB

    var testDescription: String { rawValue }
}

/// Runs a body with a fresh store of the kind, and removes what it left.
func withStore(_ kind: StoreKind, _ body: (any KeyValueStore) throws -> Void) throws {
    switch kind {
    case .memory:
        let store = MemoryStore()
        defer { store.close() }
        try body(store)
    case .levelDB:
        try withFolder { folder in
            let store = try LevelDBStore(path: folder + "/store")
            defer { store.close() }
            try body(store)
        }
    }
}

/// Runs a body with a folder of its own, and removes it.
func withFolder(_ body: (String) throws -> Void) throws {
    let folder = try Files.makeTemporaryFolder("assay-store")
    let outcome = Result { try body(folder) }
    try Files.remove(folder)
    try outcome.get()
}

func copyFolder(_ folder: String, to copy: String) throws {
    try Files.makeFolder(copy)
    for name in try Files.names(in: folder) {
        try Files.write(try Files.read(folder + "/" + name), to: copy + "/" + name)
    }
}

extension KeyValueStore {
    /// Writes one batch of the pairs.
    func put(_ pairs: ([UInt8], [UInt8])..., durably: Bool = false) throws {
        var batch = WriteBatch()
        for (key, value) in pairs { batch.put(key, value) }
        try write(batch, durably: durably)
    }

    func keys(
        prefix: [UInt8] = [], from start: [UInt8]? = nil, limit: Int = .max
    ) throws -> [[UInt8]] {
        try scan(prefix: prefix, from: start, limit: limit).map(\.key)
    }

    /// All entries of the store.
    func contents() throws -> [[UInt8]: [UInt8]] {
        try scan(prefix: [], from: nil, limit: .max).reduce(into: [:]) { $0[$1.key] = $1.value }
    }
}
