/// Members of a JSON object in the order they came, each name once.
///
/// Up to 16 members are searched in line; more get an index, so that neither a wide object nor
/// the check for duplicates costs quadratic time.
public struct JSONObject: Sendable {
    public private(set) var entries: [(key: String, value: JSON)] = []
    /// Positions by name; empty while the object is small.
    private var index: [Name: Int] = [:]

    private static let unindexedCountMax = 16

    public init() {}

    /// The object with these members. Traps when two share a name.
    public init(_ entries: some Sequence<(key: String, value: JSON)>) {
        for entry in entries {
            let isNew = append(entry.key, entry.value)
            precondition(isNew, "a JSON object has each name once")
        }
    }

    public var count: Int { entries.count }
    public var isEmpty: Bool { entries.isEmpty }

    /// The member of that name. Setting replaces in place or appends; setting nil removes.
    public subscript(key: String) -> JSON? {
        get { position(of: key).map { entries[$0].value } }
        set {
            switch (position(of: key), newValue) {
            case (let position?, let value?):
                entries[position].value = value
            case (let position?, nil):
                entries.remove(at: position)
                index = [:]
                if entries.count > JSONObject.unindexedCountMax { indexAll() }
            case (nil, let value?):
                _ = append(key, value)
            case (nil, nil):
                break
            }
        }
    }

    /// Adds a member at the end; false, and no change, when the name is there.
    mutating func append(_ key: String, _ value: JSON) -> Bool {
        guard position(of: key) == nil else { return false }
        entries.append((key, value))
        if entries.count > JSONObject.unindexedCountMax {
            if index.isEmpty { indexAll() } else { index[Name(text: key)] = entries.count - 1 }
        }
        return true
    }

    private func position(of key: String) -> Int? {
        if !index.isEmpty { return index[Name(text: key)] }
        return entries.firstIndex { $0.key.hasSameBytes(as: key) }
    }

    private mutating func indexAll() {
        for (position, entry) in entries.enumerated() { index[Name(text: entry.key)] = position }
    }

    /// A name that is hashed by its bytes too: equivalent texts must not pile up in one bucket.
    private struct Name: Hashable, Sendable {
        let text: String

        static func == (left: Name, right: Name) -> Bool { left.text.hasSameBytes(as: right.text) }

        func hash(into hasher: inout Hasher) {
            let isContiguous: Void? = unsafe text.utf8.withContiguousStorageIfAvailable {
                unsafe hasher.combine(bytes: UnsafeRawBufferPointer($0))
            }
            precondition(isContiguous != nil, "native strings are contiguous")
        }
    }
}

extension JSONObject: Equatable {
    /// The same members in the same order.
    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        left.entries.count == right.entries.count
            && zip(left.entries, right.entries).allSatisfy { one, other in
                one.key.hasSameBytes(as: other.key) && one.value == other.value
            }
    }
}
