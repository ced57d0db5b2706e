public import Codec
internal import Ledger
internal import Node
internal import Primitives

/// An error of JSON-RPC 2.0 as clients of Ethereum nodes know them.
public struct RPCError: Error, Equatable, Sendable {
    public let code: Int
    public let message: String
    public let data: JSON?

    public init(code: Int, message: String, data: JSON? = nil) {
        self.code = code
        self.message = message
        self.data = data
    }

    static func parse(_ error: JSONError) -> RPCError {
        RPCError(code: -32700, message: "parse error: \(error)")
    }

    static func invalidRequest(_ why: String) -> RPCError {
        RPCError(code: -32600, message: "invalid request: \(why)")
    }

    static func methodNotFound(_ method: String) -> RPCError {
        RPCError(
            code: -32601, message: "the method \(method) does not exist/is not available")
    }

    static func invalidParams(_ why: String) -> RPCError {
        RPCError(code: -32602, message: "invalid params: \(why)")
    }

    static func server(_ message: String) -> RPCError {
        RPCError(code: -32000, message: message)
    }

    static func notFound(_ what: String) -> RPCError {
        RPCError(code: -32001, message: "\(what) not found")
    }

    /// As geth answers what a batch has no more room for.
    static let answerTooLarge = RPCError(code: -32003, message: "response too large")

    /// Code 3 with the revert data, as geth answers; the text of `Error(string)` is in the message.
    static func reverted(_ data: [UInt8]) -> RPCError {
        RPCError(
            code: 3, message: RevertReason.message(data), data: .string(Hex.encodePrefixed(data)))
    }

    var json: JSON {
        var object = JSONObject()
        object["code"] = .number(JSONNumber(Int64(code)))
        object["message"] = .string(message)
        if let data { object["data"] = data }
        return .object(object)
    }
}

extension RPCError {
    /// The message that geth and its tools use for a refused transaction.
    init(_ error: SubmissionError) {
        switch error {
        case .invalid(let reason): self = RPCError(reason)
        case .invalidSidecar(let reason): self = RPCError(reason)
        case .alreadyKnown: self = .server("already known")
        case .underpriced: self = .server("replacement transaction underpriced")
        case .poolFull: self = .server("txpool is full")
        case .stopped: self = .server("the node is stopping")
        }
    }

    init(_ error: InvalidSidecar) {
        let text: String
        switch error {
        case .missing: text = "missing sidecar in blob transaction"
        case .wrongVersion(let expected, let got, let revision):
            text =
                "unexpected sidecar version, want: \(expected.rawValue), got: \(got.rawValue) "
                + "in \(revision)"
        case .wrongCount(let input, let expected, let got):
            text = "invalid number of \(input)s: have \(got), want \(expected)"
        case .wrongHash(let index, let expected, let got):
            text = "blob \(index): computed hash \(got) mismatches transaction one \(expected)"
        case .malformed(let error): text = "invalid blobs: \(error)"
        case .notProven: text = "invalid blob proof"
        }
        self = .server(text)
    }

    init(_ error: InvalidTransaction) {
        let text: String
        switch error {
        case .kindNotSupported(let kind, let revision):
            text = "transaction type not supported: type \(kind.rawValue) in \(revision)"
        case .wrongChainID(let expected, let got):
            text = "invalid chain id for signer: have \(got) want \(expected)"
        case .invalidSignature: text = "invalid sender"
        case .costOverflow: text = "insufficient funds for gas * price + value: over 256 bits"
        case .gasLimitAboveCap(let limit, let cap):
            text = "transaction gas limit too high (cap: \(cap), tx: \(limit))"
        case .gasLimitAboveBlock(let limit, let left):
            text = "exceeds block gas limit: tx \(limit), left \(left)"
        case .priorityFeeAboveMaxFee(let priority, let max):
            text =
                "max priority fee per gas higher than max fee per gas: "
                + "maxPriorityFeePerGas: \(priority), maxFeePerGas: \(max)"
        case .maxFeeBelowBaseFee(let max, let baseFee):
            text =
                "max fee per gas less than block base fee: "
                + "maxFeePerGas: \(max), baseFee: \(baseFee)"
        case .initcodeTooLarge(let bytes, let max):
            text = "max initcode size exceeded: code size \(bytes), limit \(max)"
        case .creationNotAllowed(let kind):
            text = "type \(kind.rawValue) transactions cannot create contracts"
        case .noBlobs: text = "blob transaction missing blob hashes"
        case .tooManyBlobs(let count, let max):
            text = "too many blobs in transaction: have \(count), permitted \(max)"
        case .invalidBlobVersion(let version): text = "invalid blob hash version \(version)"
        case .maxBlobFeeBelowBlobBaseFee(let max, let fee):
            text =
                "max fee per blob gas less than block blob gas fee: "
                + "blobGasFeeCap: \(max), blobBaseFee: \(fee)"
        case .noAuthorizations: text = "EIP-7702 transaction with empty auth list"
        case .nonceTooLow(let expected, let got):
            text = "nonce too low: next nonce \(expected), tx nonce \(got)"
        case .nonceTooHigh(let expected, let got):
            text = "nonce too high: next nonce \(expected), tx nonce \(got)"
        case .nonceAtMax: text = "nonce has max value"
        case .senderHasCode(let sender):
            text = "sender not an eoa: address \(sender)"
        case .gasLimitBelowIntrinsic(let need, let limit):
            text = "intrinsic gas too low: gas \(limit), minimum needed \(need)"
        case .gasLimitBelowFloor(let need, let limit):
            text = "insufficient gas for floor data gas cost: gas \(limit), minimum needed \(need)"
        case .insufficientFunds(let balance, let need):
            text =
                "insufficient funds for gas * price + value: have \(balance) want \(need)"
        case .missingBytes(let hash):
            text =
                "this node lacks the bytes \(hash) that the transaction needs: send them first "
                + "with PUT /v1/blobs/\(hash)"
        }
        self = .server(text)
    }
}
