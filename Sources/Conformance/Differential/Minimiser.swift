internal import Primitives

/// Makes a failing case smaller, a change at a time, and keeps what still fails.
struct Minimiser<Subject: Equatable> {
    private(set) var best: Subject
    private let fails: (Subject) -> Bool

    init(_ subject: Subject, fails: @escaping (Subject) -> Bool) {
        best = subject
        self.fails = fails
    }

    /// Whether the case still fails with the change, which then stays.
    @discardableResult
    mutating func attempt(_ change: (inout Subject) -> Void) -> Bool {
        var candidate = best
        change(&candidate)
        guard candidate != best, fails(candidate) else { return false }
        best = candidate
        return true
    }

    @discardableResult
    mutating func set<Value>(
        _ path: WritableKeyPath<Subject, Value>, to value: Value
    ) -> Bool {
        attempt { $0[keyPath: path] = value }
    }

    /// Drops elements: first halves of the list, then ever smaller parts, last first.
    mutating func drop<Element>(_ path: WritableKeyPath<Subject, [Element]>) {
        var size = best[keyPath: path].count
        while size >= 1 {
            var end = best[keyPath: path].count
            while end > 0 {
                let start = max(0, end - size)
                attempt { $0[keyPath: path].removeSubrange(start..<end) }
                end = start
            }
            size /= 2
        }
    }

    /// Drops bytes, and makes the others zero.
    mutating func shorten(_ path: WritableKeyPath<Subject, [UInt8]>) {
        drop(path)
        for index in best[keyPath: path].indices where best[keyPath: path][index] != 0 {
            attempt { $0[keyPath: path][index] = 0 }
        }
    }

    /// Drops code. What cannot go becomes `JUMPDEST`, so that what follows stays in its place.
    mutating func shorten(code path: WritableKeyPath<Subject, [UInt8]>) {
        guard !set(path, to: []) else { return }
        var size = max(1, best[keyPath: path].count / 2)
        while size >= 1 {
            var start = 0
            while start < best[keyPath: path].count {
                let end = min(start + size, best[keyPath: path].count)
                let isGone = attempt { subject in
                    for place in start..<end { subject[keyPath: path][place] = 0x5b }
                }
                if !isGone, end == best[keyPath: path].count {
                    attempt { $0[keyPath: path].removeSubrange(start..<end) }
                }
                start = end
            }
            size /= 2
        }
        while best[keyPath: path].last == 0x5b, attempt({ $0[keyPath: path].removeLast() }) {}
    }

    /// Simplifies what accounts hold, and the block.
    mutating func simplify(world path: WritableKeyPath<Subject, CaseWorld>) {
        for index in best[keyPath: path].accounts.indices {
            let account = path.appending(path: \.accounts[index])
            drop(account.appending(path: \.storage))
            shorten(code: account.appending(path: \.code))
            set(account.appending(path: \.balance), to: 1)
            set(account.appending(path: \.nonce), to: 0)
        }
        let plain = CaseBlock()
        let block = path.appending(path: \.block)
        set(block.appending(path: \.baseFee), to: plain.baseFee)
        set(block.appending(path: \.excessBlobGas), to: plain.excessBlobGas)
        set(block.appending(path: \.beneficiary), to: plain.beneficiary)
        set(block.appending(path: \.prevRandao), to: plain.prevRandao)
    }
}
