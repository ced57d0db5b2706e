internal import Codec
internal import EVM
public import Primitives

/// Why the protocol's own calls make a block invalid.
public enum SystemCallError: Error, Equatable, Sendable {
    case missingContract(Address)
    case failed(Address)
    /// A deposit log of another shape than the deposit contract's (EIP-6110).
    case malformedDeposit
}

/// Contracts that the protocol itself calls.
public enum SystemContract {
    /// The caller of system calls (EIP-4788).
    public static let caller = Address(
        truncating: UInt256(
            limbs: 0xfffffffffffffffe, 0xffffffffffffffff, 0x00000000ffffffff, 0))
    /// Beacon roots (EIP-4788).
    public static let beaconRoots = Address(
        truncating: UInt256(
            limbs: 0xb8bb8522d0beac02, 0xd732807ef1319fb7, 0x00000000000f3df6, 0))
    /// Hashes of past blocks (EIP-2935).
    public static let history = Address(
        truncating: UInt256(
            limbs: 0x335b175320002935, 0x27f1c53a10cb7a02, 0x000000000000f908, 0))
    /// Withdrawal requests (EIP-7002).
    public static let withdrawalRequests = Address(
        truncating: UInt256(
            limbs: 0xd83579a64c007002, 0xef480eb55e80d19a, 0x0000000000000961, 0))
    /// Consolidation requests (EIP-7251).
    public static let consolidationRequests = Address(
        truncating: UInt256(
            limbs: 0x8b00f3a590007251, 0xc7ce488642fb579f, 0x000000000000bbdd, 0))
}

/// Requests out of the deposit contract's logs (EIP-6110).
enum DepositLogs {
    /// Keccak-256 of `DepositEvent(bytes,bytes,bytes,bytes,bytes)`.
    private static let topic = Hash(
        UInt256(
            limbs: 0xa790803be39038c5, 0xe7e1ee912fc0889a, 0xafea4e5cd82d4049, 0x649bbc62d0e31342))
    /// Head of five offsets, then length and padded bytes of each field.
    private static let dataBytes = 576
    /// Where each field's length stands, its length, in the order that the request joins them.
    private static let fields: [(offset: Int, bytes: Int)] = [
        (160, 48), (256, 32), (320, 8), (384, 96), (512, 8),
    ]

    /// The concatenated deposit requests, without their type byte.
    static func requests(
        in receipts: [Receipt], contract: Address?
    ) throws(SystemCallError) -> [UInt8] {
        guard let contract else { return [] }
        var requests: [UInt8] = []
        for receipt in receipts {
            for log in receipt.logs where log.address == contract && log.topics.first == topic {
                requests += try request(log.data)
            }
        }
        return requests
    }

    private static func request(_ data: [UInt8]) throws(SystemCallError) -> [UInt8] {
        guard data.count == dataBytes else { throw .malformedDeposit }
        var request: [UInt8] = []
        for (index, field) in fields.enumerated() {
            let head = UInt256(bigEndian: data[index * 32..<index * 32 + 32])
            let length = UInt256(bigEndian: data[field.offset..<field.offset + 32])
            guard head == UInt256(field.offset), length == UInt256(field.bytes) else {
                throw .malformedDeposit
            }
            request += data[field.offset + 32..<field.offset + 32 + field.bytes]
        }
        return request
    }
}
