public import Codec
public import Primitives

/// A signed transfer towards an escrow address; `to` follows from the terms (`Terms.escrow`).
///
/// JSON: an object of exactly `asset`, `payer`, `amount`, `validAfter`, `validBefore`, `nonce`,
/// `signature`; numbers are decimal strings, the rest `0x` hex.
public struct Payment: Sendable, Equatable {
    /// The token, which has `transferWithAuthorization` (EIP-3009).
    public let asset: Address
    public let payer: Address
    /// Atomic units.
    public let amount: UInt256
    /// The transfer is good at timestamps strictly between these two, in seconds.
    public let validAfter: UInt256
    public let validBefore: UInt256
    public let nonce: Hash
    /// 65 bytes of a key, or what a contract wallet takes.
    public let signature: [UInt8]

    public init(
        asset: Address, payer: Address, amount: UInt256, validAfter: UInt256,
        validBefore: UInt256, nonce: Hash, signature: [UInt8]
    ) {
        self.asset = asset
        self.payer = payer
        self.amount = amount
        self.validAfter = validAfter
        self.validBefore = validBefore
        self.nonce = nonce
        self.signature = signature
    }

    /// What the payer signed, for a transfer to `to`.
    public func authorization(to: Address) -> TransferAuthorization {
        TransferAuthorization(
            from: payer, to: to, value: amount, validAfter: validAfter, validBefore: validBefore,
            nonce: nonce)
    }

    /// The payment without what the payer's signature adds: enough for money that is already at
    /// the escrow address.
    public var bare: Payment {
        Payment(
            asset: asset, payer: payer, amount: amount, validAfter: .zero, validBefore: .zero,
            nonce: nonce, signature: [])
    }

    /// Whether window and signature are left out.
    public var isBare: Bool { validAfter.isZero && validBefore.isZero && signature.isEmpty }

    /// The id of the receipt this payment gets.
    public var receiptID: Hash { SettlementReceipt.id(asset: asset, payer: payer, nonce: nonce) }
}

extension Payment {
    public init(json: JSON) throws(DocumentError) { try self.init(json: json, at: "") }

    init(json: JSON, at path: String) throws(DocumentError) {
        let fields = try DocumentFields(
            json, path,
            members: [
                "asset", "payer", "amount", "validAfter", "validBefore", "nonce", "signature",
            ])
        self.init(
            asset: try fields.address("asset"), payer: try fields.address("payer"),
            amount: try fields.uint256("amount"), validAfter: try fields.uint256("validAfter"),
            validBefore: try fields.uint256("validBefore"), nonce: try fields.hash("nonce"),
            signature: try fields.bytes(
                "signature", countMax: PaymentLimits.signatureBytesMax))
    }

    public var json: JSON {
        [
            "asset": .string(asset.hex), "payer": .string(payer.hex),
            "amount": .string(amount.decimal), "validAfter": .string(validAfter.decimal),
            "validBefore": .string(validBefore.decimal), "nonce": .string(nonce.hex),
            "signature": .string(Hex.encodePrefixed(signature)),
        ]
    }
}
