internal import Codec
internal import Ledger
internal import Primitives

/// The transaction object of `eth_call`, `eth_estimateGas` and `eth_sendTransaction`.
struct CallRequest {
    var from: Address
    var to: Address?
    var gas: UInt64?
    var gasPrice: UInt256?
    var maxFeePerGas: UInt256?
    var maxPriorityFeePerGas: UInt256?
    var value: UInt256
    var input: [UInt8]
    var nonce: UInt64?
    var chainID: UInt64?
    var accessList: [Transaction.Access]?
    var kind: Transaction.Kind?

    /// A plain call.
    init(from: Address, to: Address, input: [UInt8]) {
        self.from = from
        self.to = to
        self.input = input
        value = .zero
    }

    init(_ json: JSON) throws(RPCError) {
        guard let object = json.object else {
            throw .invalidParams("expected a transaction object")
        }
        func member(_ name: String) -> JSON? {
            object[name].flatMap { $0.isNull ? nil : $0 }
        }
        from =
            try member("from").map { json throws(RPCError) in
                try RPCValue.address(json, "from")
            } ?? .zero
        to = try member("to").map { json throws(RPCError) in try RPCValue.address(json, "to") }
        gas = try member("gas").map { json throws(RPCError) in try RPCValue.uint64(json, "gas") }
        let word = { (name: String) throws(RPCError) -> UInt256? in
            try member(name).map { json throws(RPCError) in try RPCValue.quantity(json, name) }
        }
        gasPrice = try word("gasPrice")
        maxFeePerGas = try word("maxFeePerGas")
        maxPriorityFeePerGas = try word("maxPriorityFeePerGas")
        value = try word("value") ?? .zero
        nonce = try member("nonce").map { json throws(RPCError) in
            try RPCValue.uint64(json, "nonce")
        }
        chainID = try member("chainId").map { json throws(RPCError) in
            try RPCValue.uint64(json, "chainId")
        }
        kind = try member("type").map { json throws(RPCError) in
            let type = try RPCValue.uint64(json, "type")
            guard let kind = UInt8(exactly: type).flatMap(Transaction.Kind.init) else {
                throw .invalidParams("type: unknown transaction type \(type)")
            }
            return kind
        }
        let data = try member("data").map { json throws(RPCError) in
            try RPCValue.bytes(json, "data")
        }
        let input = try member("input").map { json throws(RPCError) in
            try RPCValue.bytes(json, "input")
        }
        if let data, let input, data != input {
            throw .invalidParams("both \"data\" and \"input\" are set and not equal")
        }
        self.input = input ?? data ?? []
        for name in ["authorizationList", "blobVersionedHashes", "blobs"] {
            guard member(name) == nil else {
                throw .invalidParams("\(name): not supported here; send the signed transaction")
            }
        }
        if gasPrice != nil, maxFeePerGas != nil || maxPriorityFeePerGas != nil {
            throw .invalidParams(
                "both gasPrice and (maxFeePerGas or maxPriorityFeePerGas) specified")
        }
        accessList = try member("accessList").map { json throws(RPCError) in
            try CallRequest.accessList(json)
        }
    }

    private static func accessList(_ json: JSON) throws(RPCError) -> [Transaction.Access] {
        guard let entries = json.array else {
            throw .invalidParams("accessList: expected an array")
        }
        var list: [Transaction.Access] = []
        for entry in entries {
            guard let address = entry["address"] else {
                throw .invalidParams("accessList: an entry lacks its address")
            }
            var slots: [UInt256] = []
            for key in entry["storageKeys"]?.array ?? [] {
                slots.append(try RPCValue.hash(key, "accessList").word)
            }
            list.append(
                Transaction.Access(
                    address: try RPCValue.address(address, "accessList"), slots: slots))
        }
        return list
    }

    /// The transaction that a call or an estimate runs: fees are zero unless named.
    func simulated(gas limit: UInt64, nonce: UInt64) -> Transaction {
        let maxFee = maxFeePerGas ?? gasPrice ?? .zero
        return Transaction(
            kind: accessList == nil ? .legacy : .accessList, chainID: nil, nonce: nonce,
            maxPriorityFeePerGas: maxPriorityFeePerGas ?? maxFee, maxFeePerGas: maxFee,
            gasLimit: limit, to: to, value: value, input: input, accessList: accessList ?? [])
    }
}
