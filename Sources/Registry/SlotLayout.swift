internal import Crypto
public import Primitives

/// Reads a slot of one account's storage.
public typealias SlotReader = (UInt256) -> UInt256

/// A slot and the word it is to hold.
public struct SlotWrite: Sendable, Equatable {
    public let slot: UInt256
    public let value: UInt256

    public init(_ slot: UInt256, _ value: UInt256) {
        self.slot = slot
        self.value = value
    }
}

/// How structures of the native precompiles lie in account storage.
///
/// A structure starts at `keccak256(key ‖ space)`, as Solidity lays a mapping whose own slot is
/// `space`; its fields follow one a slot. Byte strings lie as Solidity's do: up to 31 bytes in the
/// slot with twice their length in its lowest byte, longer ones from `keccak256(slot)` on with
/// twice the length plus one in the slot. So `eth_getProof` proves a field like any other slot.
public enum SlotLayout {
    /// Where the structure with this key starts.
    public static func base(_ key: UInt256, in space: UInt256) -> UInt256 {
        Keccak.hash(key, space).word
    }

    /// The writes that make `bytes` stand at `slot`, given what stood there before.
    public static func write(
        _ bytes: [UInt8], at slot: UInt256, over old: [UInt8] = []
    ) -> [SlotWrite] {
        var writes: [SlotWrite] = []
        let start = Keccak.hash(slot).word
        let oldWords = old.count < 32 ? 0 : (old.count + 31) / 32
        if bytes.count < 32 {
            let padded = bytes + [UInt8](repeating: 0, count: 31 - bytes.count)
            writes.append(
                SlotWrite(slot, UInt256(bigEndian: padded + [UInt8(bytes.count * 2)])))
            for index in 0..<oldWords { writes.append(SlotWrite(start &+ UInt256(index), .zero)) }
            return writes
        }
        writes.append(SlotWrite(slot, UInt256(bytes.count * 2 + 1)))
        let words = (bytes.count + 31) / 32
        for index in 0..<max(words, oldWords) {
            var chunk = Array(
                bytes[min(bytes.count, index * 32)..<min(bytes.count, index * 32 + 32)])
            chunk += [UInt8](repeating: 0, count: 32 - chunk.count)
            writes.append(SlotWrite(start &+ UInt256(index), UInt256(bigEndian: chunk)))
        }
        return writes
    }

    /// The bytes at `slot`, or nil when the slot holds no byte string of at most `bytesMax`.
    public static func readBytes(
        at slot: UInt256, bytesMax: Int, from read: SlotReader
    ) -> [UInt8]? {
        let head = read(slot)
        if head.limb0 & 1 == 0 {
            let count = Int(head.limb0 & 0xff) / 2
            guard count < 32 else { return nil }
            return Array(head.bigEndianBytes[0..<count])
        }
        guard let doubled = head.asInt, doubled / 2 <= bytesMax, doubled / 2 >= 32 else {
            return nil
        }
        let count = doubled / 2
        let start = Keccak.hash(slot).word
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + 32)
        for index in 0..<(count + 31) / 32 {
            bytes += read(start &+ UInt256(index)).bigEndianBytes
        }
        bytes.removeLast(bytes.count - count)
        return bytes
    }
}
