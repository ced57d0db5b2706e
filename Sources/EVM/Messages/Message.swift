internal import Codec
internal import Crypto
public import Primitives

/// One call or creation, as the transaction or a contract asks for it.
public struct Message: Sendable, Equatable {
    public enum Kind: Sendable, Equatable {
        case call, delegateCall, callCode, staticCall
        /// Runs `input` as init code; `recipient` is the new contract's address
        /// (`ContractAddress`). The creator's nonce is the caller's business.
        case create
        case create2(salt: UInt256)

        var isCreation: Bool {
            switch self {
            case .create, .create2: true
            case .call, .delegateCall, .callCode, .staticCall: false
            }
        }
    }

    public var kind: Kind
    public var caller: Address
    /// Whose storage and balance the code works on.
    public var recipient: Address
    /// Whose code runs; a delegation found there is followed once (EIP-7702).
    public var codeAddress: Address
    /// Wei, moved from the caller to the recipient by calls and creations.
    public var value: UInt256
    public var input: [UInt8]
    public var gas: UInt64
    public var isStatic: Bool
    public var depth: Int

    public init(
        kind: Kind = .call, caller: Address, recipient: Address, codeAddress: Address? = nil,
        value: UInt256 = .zero, input: [UInt8] = [], gas: UInt64, isStatic: Bool = false,
        depth: Int = 0
    ) {
        self.kind = kind
        self.caller = caller
        self.recipient = recipient
        self.codeAddress = codeAddress ?? recipient
        self.value = value
        self.input = input
        self.gas = gas
        self.isStatic = isStatic || kind == .staticCall
        self.depth = depth
    }
}

/// Where new contracts live.
public enum ContractAddress {
    /// The address that a `CREATE` or a creating transaction gives: the low 160 bits of
    /// keccak(rlp([creator, nonce])).
    public static func create(by creator: Address, nonce: UInt64) -> Address {
        let encoded = RLPWriter.list { list in
            list.write(creator)
            list.write(nonce)
        }
        return Address(truncating: Keccak.hash(encoded).word)
    }

    /// The address that `CREATE2` gives (EIP-1014).
    public static func create2(by creator: Address, salt: UInt256, codeHash: Hash) -> Address {
        var bytes: [UInt8] = [0xff]
        bytes += creator.bytes
        bytes += salt.bigEndianBytes
        bytes += codeHash.bytes
        return Address(truncating: Keccak.hash(bytes).word)
    }
}
