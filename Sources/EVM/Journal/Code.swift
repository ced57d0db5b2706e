internal import Crypto
internal import Primitives

/// Code in the form that the interpreter runs.
///
/// The bytes are followed by 33 zero bytes, so neither the program counter nor a `PUSH` needs a
/// bounds check: past the end lies `STOP`, as the Yellow Paper wants.
@safe
final class Code {
    static let padding = 33

    /// No bytes: what an account without code has.
    nonisolated(unsafe) static let none = Code([])

    let start: UnsafePointer<UInt8>
    let count: Int
    /// Whom an account with this code delegates to (EIP-7702).
    let delegate: Address?
    private var destinations: UnsafeMutablePointer<UInt8>?

    init(_ bytes: [UInt8]) {
        unsafe start = bytes.withUnsafeBytes { unsafe Code.padded($0) }
        count = bytes.count
        delegate = Code.delegate(of: bytes)
    }

    /// Init code, copied from memory; it delegates to no one.
    @unsafe
    init(_ bytes: UnsafeRawBufferPointer) {
        unsafe start = Code.padded(bytes)
        count = bytes.count
        delegate = nil
    }

    private static func padded(_ bytes: UnsafeRawBufferPointer) -> UnsafePointer<UInt8> {
        let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: bytes.count + padding)
        if let base = bytes.baseAddress {
            unsafe UnsafeMutableRawPointer(memory).copyMemory(from: base, byteCount: bytes.count)
        }
        unsafe (memory + bytes.count).initialize(repeating: 0, count: padding)
        return unsafe UnsafePointer(memory)
    }

    deinit {
        unsafe start.deallocate()
        unsafe destinations?.deallocate()
    }

    var bytes: [UInt8] { unsafe Array(UnsafeBufferPointer(start: start, count: count)) }

    /// The target of a delegation designator: 0xef0100 and 20 bytes.
    static func delegate(of bytes: [UInt8]) -> Address? {
        guard bytes.count == 23, bytes[0] == 0xef, bytes[1] == 0x01, bytes[2] == 0x00 else {
            return nil
        }
        return Address(bytes[3...])
    }

    /// `jumpDestinations` if they were asked for before.
    @inline(__always)
    var knownDestinations: UnsafePointer<UInt8>? { unsafe UnsafePointer(destinations) }

    /// One bit a byte of code, set where a `JUMPDEST` stands that is no push data. Made by one
    /// pass when first asked for: code that never jumps never pays.
    var jumpDestinations: UnsafePointer<UInt8> {
        if let destinations = unsafe destinations { return unsafe UnsafePointer(destinations) }
        let size = count / 8 + 1
        let bits = UnsafeMutablePointer<UInt8>.allocate(capacity: size)
        unsafe bits.initialize(repeating: 0, count: size)
        var index = 0
        while index < count {
            let opcode = unsafe start[index]
            // As a signed byte only PUSH1…PUSH32 (0x60…0x7f) are 0x60 or more.
            if Int8(bitPattern: opcode) >= 0x60 {
                index &+= Int(opcode) &- 0x5f
            } else if opcode == 0x5b {
                unsafe bits[index >> 3] |= 1 << UInt8(index & 7)
            }
            index &+= 1
        }
        unsafe destinations = bits
        return unsafe UnsafePointer(bits)
    }
}

/// Analysed code by hash, shared by the journals of one thread.
///
/// Holds `Limits.cachedCodeBytes`; when full it forgets the oldest half.
public final class CodeCache {
    private var codes: [Hash: Code] = [:]
    /// In order of arrival.
    private var order: [Hash] = []
    private var bytes = 0
    private let bytesMax: Int

    public init(bytesMax: Int = Limits.cachedCodeBytes) { self.bytesMax = bytesMax }

    func code(_ hash: Hash, load: () -> [UInt8]) -> Code {
        if let known = codes[hash] { return known }
        let code = Code(load())
        insert(code, hash)
        return code
    }

    func insert(_ code: Code, _ hash: Hash) {
        guard codes[hash] == nil else { return }
        if bytes + code.count > bytesMax { forgetOldestHalf() }
        codes[hash] = code
        order.append(hash)
        bytes += code.count
    }

    private func forgetOldestHalf() {
        let forgotten = order.count / 2 + 1
        for hash in order.prefix(forgotten) {
            if let code = codes.removeValue(forKey: hash) { bytes -= code.count }
        }
        order.removeFirst(min(forgotten, order.count))
    }
}
