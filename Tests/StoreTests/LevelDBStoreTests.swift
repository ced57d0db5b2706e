import Files
import Glibc
import Primitives
import Store
import Testing

@Suite struct LevelDBStoreTests {
    @Test func findsAllWhenOpenedAgain() throws {
        try withFolder { folder in
            var random = SeededRandom(seed: 11)
            var model: [[UInt8]: [UInt8]] = [:]
            for _ in 0..<4 {
                let store = try LevelDBStore(path: folder + "/store")
                #expect(try store.contents() == model)
                for _ in 0..<50 {
                    let key = random.bytes(4)
                    let value = random.bytes(1_000)
                    try store.put((key, value))
                    model[key] = value
                }
                store.close()
            }
            // Freed without a close, too.
            #expect(try LevelDBStore(path: folder + "/store").contents() == model)
            #expect(try LevelDBStore(path: folder + "/store").contents() == model)
        }
    }

    @Test func isLockedWhileOpen() throws {
        try withFolder { folder in
            let path = folder + "/store"
            let store = try LevelDBStore(path: path)
            #expect(throws: StoreError.locked(path: path)) { try LevelDBStore(path: path) }
            let link = folder + "/link"
            let refusal = unsafe symlink(path, link)
            #expect(refusal == 0)
            #expect(throws: StoreError.locked(path: path)) { try LevelDBStore(path: link) }
            #expect(throws: StoreError.locked(path: path)) {
                try LevelDBStore(path: folder + "/./store/")
            }
            try store.put(([1], [1]))
            store.close()
            let again = try LevelDBStore(path: link)
            #expect(try again.value(for: [1]) == [1])
            again.close()
        }
    }

    @Test func isLockedToOtherProcesses() async throws {
        let folder = try Files.makeTemporaryFolder("assay-store")
        let store = try LevelDBStore(path: folder)
        await #expect(processExitsWith: .success) { [folder = folder as String] in
            #expect(throws: StoreError.locked(path: folder)) { try LevelDBStore(path: folder) }
        }
        store.close()
        try Files.remove(folder)
    }

    @Test func saysWhyItCannotOpen() throws {
        try withFolder { folder in
            let orphan = folder + "/none/store"
            #expect(
                throws: StoreError.cannotOpen(path: orphan, reason: "No such file or directory")
            ) { try LevelDBStore(path: orphan) }
            #expect(throws: StoreError.cannotOpen(path: "", reason: "No such file or directory")) {
                try LevelDBStore(path: "")
            }
            #expect(
                throws: StoreError.cannotOpen(path: "a\0b", reason: "the path has a zero byte")
            ) { try LevelDBStore(path: "a\0b") }
            let file = folder + "/file"
            try Files.write([1], to: file)
            #expect(
                throws: StoreError.cannotOpen(path: file, reason: "\(file)/LOCK: Not a directory")
            ) { try LevelDBStore(path: file) }
        }
    }

    @Test func noticesATableThatIsGone() throws {
        try withFolder { folder in
            try LevelDBStore(path: folder).put(([1], [1]))
            // The log becomes a table when the store is opened again; a table is opened when
            // it is needed.
            try LevelDBStore(path: folder).close()
            let store = try LevelDBStore(path: folder)
            let tables = try Files.names(in: folder).filter { $0.hasSuffix(".ldb") }
            #expect(tables.count == 1)
            for table in tables { try Files.remove(folder + "/" + table) }
            let error = try #require(throws: StoreError.self) { try store.value(for: [1]) }
            guard case .corrupt(let what) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(what.hasPrefix("a file is gone: "))
            #expect(throws: error) { try store.scan(prefix: [], from: nil, limit: 1) }
            store.close()
            let reopening = try #require(throws: StoreError.self) {
                try LevelDBStore(path: folder)
            }
            guard case .corrupt = reopening else {
                Issue.record("\(reopening)")
                return
            }
        }
    }

    /// A full disk, played by a limit on the size of files: only in a process of its own.
    @Test func failsWholeWhenTheDiskIsFull() async {
        await #expect(processExitsWith: .success) {
            try withFolder { folder in
                var store = try LevelDBStore(path: folder)
                try store.put(([1], [1]), durably: true)
                _ = signal(SIGXFSZ, SIG_IGN)
                var limit = rlimit()
                unsafe getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
                let unlimited = limit
                limit.rlim_cur = 1 << 20
                unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
                let big = [UInt8](repeating: 7, count: 2 << 20)
                for _ in 0..<2 {
                    let error = #expect(throws: StoreError.self) {
                        try store.put(([1], [2]), ([2], big), durably: true)
                    }
                    guard case .ioFailed(let what)? = error else {
                        Issue.record("\(String(describing: error))")
                        return
                    }
                    #expect(what.hasSuffix("File too large"))
                }
                #expect(try store.contents() == [[1]: [1]])
                limit = unlimited
                unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
                store.close()
                store = try LevelDBStore(path: folder)
                #expect(try store.contents() == [[1]: [1]])
                store.close()
            }
        }
    }

    @Test func saysWhatToDo() {
        let errors: [StoreError] = [
            .cannotOpen(path: "/a", reason: "no room"), .locked(path: "/a"), .corrupt("bad block"),
            .ioFailed("no room"), .closed,
        ]
        #expect(
            errors.map(\.description) == [
                "cannot open the store at /a: no room; check the path and its permissions",
                "cannot open the store at /a: it is open already, here or in another process; "
                    + "stop the other or choose another folder",
                "the store is damaged: bad block; restore its folder from a copy or rebuild it",
                "the store cannot read or write: no room; check the disk's room and health, "
                    + "then start again",
                "the store does not answer: it is closed; open it again",
            ])
    }
}
