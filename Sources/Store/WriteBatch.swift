/// Changes that a store makes together, in order: of two for one key the later one wins.
public struct WriteBatch: Sendable {
    enum Operation: Sendable {
        case put(key: [UInt8], value: [UInt8])
        case delete(key: [UInt8])
    }

    private(set) var operations: [Operation] = []

    public init() {}

    /// Changes in the batch, those that later ones undo included.
    public var count: Int { operations.count }
    public var isEmpty: Bool { operations.isEmpty }

    public mutating func put(_ key: [UInt8], _ value: [UInt8]) {
        precondition(key.count <= Limits.keyBytesMax, "the key is longer than a store takes")
        precondition(value.count <= Limits.valueBytesMax, "the value is longer than a store takes")
        operations.append(.put(key: key, value: value))
    }

    /// Removes a key; one that is not in the store stays so.
    public mutating func delete(_ key: [UInt8]) {
        precondition(key.count <= Limits.keyBytesMax, "the key is longer than a store takes")
        operations.append(.delete(key: key))
    }
}
