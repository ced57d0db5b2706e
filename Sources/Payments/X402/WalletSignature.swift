public import Codec
public import Primitives

/// How to bring a contract wallet into being: call `factory` with `calldata` (EIP-6492).
public struct WalletDeployment: Sendable, Equatable {
    public let factory: Address
    public let calldata: [UInt8]

    public init(factory: Address, calldata: [UInt8]) {
        self.factory = factory
        self.calldata = calldata
    }
}

/// A signature as a token gets it, and the deployment it came wrapped in, if any.
public struct WalletSignature: Sendable, Equatable {
    /// Nil for a plain signature, and for a wrapper without factory or calldata.
    public let deployment: WalletDeployment?
    public let inner: [UInt8]

    public init(inner: [UInt8], deployment: WalletDeployment? = nil) {
        self.inner = inner
        self.deployment = deployment
    }

    /// The last 32 bytes of a wrapper.
    static let magic: [UInt8] = (0..<16).flatMap { _ in [0x64, 0x92] as [UInt8] }

    /// Takes off the wrapper `abi.encode(factory, calldata, signature) ‖ magic` where there is one.
    /// - Throws: what is wrong with a wrapper's encoding.
    public init(parsing bytes: [UInt8]) throws(ABIError) {
        guard bytes.count >= 32, bytes.suffix(32).elementsEqual(WalletSignature.magic) else {
            self.init(inner: bytes)
            return
        }
        let max = PaymentLimits.signatureBytesMax
        var reader = ABIReader(Array(bytes.dropLast(32)))
        let factory = try reader.readAddress()
        let calldata = try reader.readBytes(max: max)
        let inner = try reader.readBytes(max: max)
        let isDeployable = !factory.isZero && !calldata.isEmpty
        self.init(
            inner: inner,
            deployment: isDeployable
                ? WalletDeployment(factory: factory, calldata: calldata) : nil)
    }

    /// The signature with v = 27 or 28 where a key's has 0 or 1: tokens take no other.
    var normalized: WalletSignature {
        guard inner.count == 65, inner[64] < 2 else { return self }
        return WalletSignature(inner: inner.dropLast() + [27 + inner[64]], deployment: deployment)
    }
}
