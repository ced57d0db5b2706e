internal import Primitives

/// A value that a `Table` finds by its key.
protocol TableEntry: BitwiseCopyable {
    associatedtype Key: Equatable, BitwiseCopyable
    var key: Key { get }
    static func hash(_ key: Key) -> UInt64
}

/// Entries numbered in order of arrival, found by key through open addressing.
///
/// A number stays valid as long as the table; nothing is ever removed. Lookups cost 5–10 ns where
/// `Dictionary` costs 100 (its hash is the price). Nothing observable depends on bucket order.
@safe
struct Table<Entry: TableEntry>: ~Copyable {
    @unsafe
    private struct Header {
        /// The entry's number plus one, below the upper half of its hash; 0 is free.
        var buckets: UnsafeMutablePointer<UInt64>
        var mask: Int
        let bucketsFirst: Int
    }

    private let entries: Vector<Entry>
    private let header: UnsafeMutablePointer<Header>

    /// The first entry makes room for half of `buckets` (a power of two).
    init(buckets: Int) {
        precondition(buckets.nonzeroBitCount == 1, "the bucket count is a power of two")
        entries = Vector(capacity: buckets / 2)
        unsafe header = .allocate(capacity: 1)
        unsafe header.initialize(
            to: Header(buckets: .allocate(capacity: 1), mask: 0, bucketsFirst: buckets))
        unsafe header.pointee.buckets.initialize(to: 0)
    }

    deinit {
        unsafe header.pointee.buckets.deallocate()
        unsafe header.deallocate()
    }

    var count: Int { entries.count }

    subscript(number: Int) -> Entry {
        @inline(__always) _read { yield entries[number] }
        @inline(__always) nonmutating _modify { yield &entries[number] }
    }

    /// The number of the entry with this key.
    @inline(__always)
    func find(_ key: Entry.Key) -> Int? {
        let hash = Entry.hash(key)
        let mask = unsafe header.pointee.mask
        var position = Int(truncatingIfNeeded: hash) & mask
        while true {
            let bucket = unsafe header.pointee.buckets[position]
            if bucket == 0 { return nil }
            if bucket >> 32 == hash >> 32 {
                let number = Int(bucket & 0xffff_ffff) &- 1
                if entries[number].key == key { return number }
            }
            position = (position &+ 1) & mask
        }
    }

    /// Adds an entry whose key is new.
    @inline(never)
    func insert(_ entry: Entry) -> Int {
        let number = entries.count
        precondition(number < Int(UInt32.max) - 1, "too many entries for one journal")
        entries.append(entry)
        if unsafe entries.count * 2 > header.pointee.mask {
            rehash()
        } else {
            place(number)
        }
        return number
    }

    func removeAll() {
        guard entries.count > 0 else { return }
        entries.removeAll()
        unsafe header.pointee.buckets.initialize(repeating: 0, count: header.pointee.mask + 1)
    }

    private func place(_ number: Int) {
        let hash = Entry.hash(entries[number].key)
        let mask = unsafe header.pointee.mask
        var position = Int(truncatingIfNeeded: hash) & mask
        while unsafe header.pointee.buckets[position] != 0 { position = (position &+ 1) & mask }
        unsafe header.pointee.buckets[position] = (hash >> 32) << 32 | UInt64(number + 1)
    }

    private func rehash() {
        let buckets = unsafe max((header.pointee.mask + 1) * 2, header.pointee.bucketsFirst)
        unsafe header.pointee.buckets.deallocate()
        unsafe header.pointee.buckets = .allocate(capacity: buckets)
        unsafe header.pointee.buckets.initialize(repeating: 0, count: buckets)
        unsafe header.pointee.mask = buckets - 1
        for number in 0..<entries.count { place(number) }
    }
}

/// Mixes keys that contracts choose, so that they cannot choose collisions.
enum KeyMix {
    /// Different in every process. It decides only where entries lie, never what is computed.
    private static let seeds: (UInt64, UInt64, UInt64, UInt64) = (
        seed(1), seed(2), seed(3), seed(4)
    )

    private static func seed(_ index: Int) -> UInt64 {
        var hasher = Hasher()
        hasher.combine(index)
        return UInt64(bitPattern: Int64(hasher.finalize())) | 1
    }

    @inline(__always)
    private static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }

    @inline(__always)
    static func hash(_ word: UInt256, _ owner: UInt64) -> UInt64 {
        let seeds = KeyMix.seeds
        let low = fold(word.limb0 ^ seeds.0, word.limb1 ^ seeds.1)
        let high = fold(word.limb2 ^ seeds.2, word.limb3 ^ seeds.3)
        return fold(low ^ high &+ owner, seeds.0)
    }
}
