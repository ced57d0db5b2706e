internal import Inference
public import Primitives

/// What both sides of a proof have said, and the challenges that follow from it.
///
/// A chain of SHA-256: every message moves the 32-byte state, every challenge is a function of the
/// state and moves it too. So a challenge depends on all messages and all challenges before it, and
/// a message that is absorbed later cannot have been chosen before them.
///
/// ```
/// absorb:    state ← SHA256(1 ‖ state ‖ u8 |tag| ‖ tag ‖ u64 |data| ‖ data)
/// challenge: block i = SHA256(2 ‖ state ‖ u8 |tag| ‖ tag ‖ u64 count ‖ u64 i)   eight words each
///            state ← SHA256(3 ‖ state ‖ u8 |tag| ‖ tag ‖ u64 count)
/// positions: the same with 4 and 5 for 2 and 3
/// work:      seed = SHA256(6 ‖ state ‖ u8 |tag| ‖ tag ‖ u64 bits); a nonce is absorbed
/// ```
/// Numbers are little-endian. The low 31 bits of a word are one limb when they are below p and are
/// dropped otherwise, so limbs are uniform. The encoding of every step is injective: first byte,
/// lengths and counts leave no two histories with the same bytes.
public struct Transcript: Sendable {
    /// One step of a transcript: who spoke, under which tag, and how much.
    public struct Step: Sendable, Equatable {
        public enum Kind: Sendable, Equatable {
            /// A message; the length is in bytes.
            case absorb
            /// Challenges in the extension field; the length is their count.
            case challenge
            /// Positions; the length is their count.
            case indices
        }

        public let kind: Kind
        public let tag: String
        public let length: Int

        public init(_ kind: Kind, _ tag: String, _ length: Int) {
            self.kind = kind
            self.tag = tag
            self.length = length
        }
    }

    private var state = [UInt8](repeating: 0, count: Hash.byteCount)

    /// The steps so far when they are recorded, in order.
    public private(set) var tape: [Step]?

    /// - Parameters:
    ///   - domain: what the transcript is for; transcripts of two domains share no challenge.
    ///   - recordsTape: keeps `tape`, for tests of the order of messages.
    public init(domain: String, recordsTape: Bool = false) {
        tape = recordsTape ? [] : nil
        absorb("domain", Array(domain.utf8))
    }

    // MARK: Messages

    public mutating func absorb(_ tag: StaticString, _ bytes: [UInt8]) {
        absorb(tag, bytes[...])
    }

    public mutating func absorb(_ tag: StaticString, _ bytes: ArraySlice<UInt8>) {
        var message = header(1, tag, room: 8 + bytes.count)
        message.append(littleEndian: UInt64(bytes.count))
        message.append(contentsOf: bytes)
        state = sha256(&message)
        tape?.append(Step(.absorb, tag.description, bytes.count))
    }

    public mutating func absorb(_ tag: StaticString, _ hash: Hash) { absorb(tag, hash.bytes) }

    public mutating func absorb(_ tag: StaticString, _ element: Extension) {
        absorb(tag, [element])
    }

    /// Absorbs 24 bytes an element.
    public mutating func absorb(_ tag: StaticString, _ elements: [Extension]) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(elements.count * Extension.byteCount)
        for element in elements { element.write(to: &bytes) }
        absorb(tag, bytes)
    }

    // MARK: Challenges

    /// A uniform element of the extension field.
    public mutating func challenge(_ tag: StaticString) -> Extension {
        challenges(tag, count: 1)[0]
    }

    /// Uniform independent elements of the extension field.
    public mutating func challenges(_ tag: StaticString, count: Int) -> [Extension] {
        var words = words(2, tag, count: count)
        let elements = (0..<count).map { _ in
            Extension(limbs: (0..<Extension.degree).map { _ in words.nextLimb() })
        }
        move(3, tag, count: count)
        tape?.append(Step(.challenge, tag.description, count))
        return elements
    }

    /// Uniform independent positions in `0..<bound`, in the order drawn; some may be equal.
    ///
    /// - Precondition: `bound` is a power of two, at most 2³², so that no position is likelier.
    public mutating func indices(_ tag: StaticString, count: Int, below bound: Int) -> [Int] {
        precondition(bound > 0 && bound & (bound - 1) == 0, "a power of two has no bias")
        precondition(bound <= 1 << 32, "a position is drawn from one word")
        var words = words(4, tag, count: count)
        let positions = (0..<count).map { _ in Int(words.next()) & (bound - 1) }
        move(5, tag, count: count)
        tape?.append(Step(.indices, tag.description, count))
        return positions
    }

    // MARK: Work

    /// What a nonce is hashed with: see `ProofOfWork`.
    public func workSeed(_ tag: StaticString, bits: Int) -> Hash {
        var message = header(6, tag, room: 8)
        message.append(littleEndian: UInt64(bits))
        return Hash(sha256(&message))
    }

    // MARK: State

    private func words(_ kind: UInt8, _ tag: StaticString, count: Int) -> CounterWords {
        var prefix = header(kind, tag, room: 16)
        prefix.append(littleEndian: UInt64(count))
        return CounterWords(prefix: prefix)
    }

    private mutating func move(_ kind: UInt8, _ tag: StaticString, count: Int) {
        var message = header(kind, tag, room: 8)
        message.append(littleEndian: UInt64(count))
        state = sha256(&message)
    }

    /// Kind, state and tag: how the preimage of every step begins.
    private func header(_ kind: UInt8, _ tag: StaticString, room: Int) -> [UInt8] {
        let name = tag.description.utf8
        precondition(name.count <= 255, "one byte holds the length of a tag")
        var bytes: [UInt8] = []
        bytes.reserveCapacity(2 + Hash.byteCount + name.count + room + paddingMax)
        bytes.append(kind)
        bytes.append(contentsOf: state)
        bytes.append(UInt8(name.count))
        bytes.append(contentsOf: name)
        return bytes
    }
}

/// Bytes that SHA-256 appends at most.
private let paddingMax = 72

extension [UInt8] {
    /// Appends eight bytes, lowest first.
    mutating func append(littleEndian value: UInt64) {
        for shift in stride(from: 0, to: 64, by: 8) {
            append(UInt8(truncatingIfNeeded: value >> UInt64(shift)))
        }
    }
}
