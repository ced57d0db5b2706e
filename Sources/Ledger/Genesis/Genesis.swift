public import Codec
internal import Crypto
public import EVM
public import Primitives

/// Why a file is no genesis.
public enum GenesisError: Error, Equatable, Sendable {
    case notJSON(JSONError)
    case missing(String)
    case invalid(String, got: String)
    /// Forks must come in their order, each at or after the one before it.
    case forksOutOfOrder(String)
    /// A chain where money is real cannot trust a root whose keys anybody can have.
    case developmentRoot(chainID: UInt64, Hash)
}

/// The first block and the rules of a chain, in geth's `genesis.json` form.
public struct Genesis: Sendable, Equatable {
    /// An account that exists from the start.
    public struct Allocation: Sendable, Equatable {
        public var address: Address
        public var balance: UInt256
        public var nonce: UInt64
        public var code: [UInt8]
        /// Ascending by slot, zero words left out.
        public var storage: [Slot]

        public init(
            address: Address, balance: UInt256, nonce: UInt64 = 0, code: [UInt8] = [],
            storage: [Slot] = []
        ) {
            self.address = address
            self.balance = balance
            self.nonce = nonce
            self.code = code
            self.storage = storage
        }
    }

    /// A word of an account's storage.
    public struct Slot: Sendable, Equatable {
        public var key: UInt256
        public var value: UInt256
    }

    public var config: ChainConfig
    public var nonce: UInt64
    public var timestamp: UInt64
    public var extraData: [UInt8]
    public var gasLimit: UInt64
    public var difficulty: UInt256
    public var mixHash: Hash
    public var beneficiary: Address
    public var baseFee: UInt256?
    public var excessBlobGas: UInt64?
    public var blobGasUsed: UInt64?
    /// Ascending by address.
    public var allocations: [Allocation]

    public init(parsing bytes: [UInt8]) throws(GenesisError) {
        let json: JSON
        do {
            json = try JSON(parsing: bytes)
        } catch {
            throw .notJSON(error)
        }
        let fields = GenesisFields(json: json, path: "")
        guard let configuration = json["config"] else { throw .missing("config") }
        config = try ChainConfig(GenesisFields(json: configuration, path: "config."))
        nonce = try fields.uint64("nonce") ?? 0
        timestamp = try fields.uint64("timestamp") ?? 0
        extraData = try fields.bytes("extraData") ?? []
        guard extraData.count <= Limits.extraDataBytesMax else {
            throw .invalid("extraData", got: "\(extraData.count) bytes")
        }
        guard let limit = try fields.uint64("gasLimit") else { throw .missing("gasLimit") }
        gasLimit = limit
        difficulty = try fields.word("difficulty") ?? .zero
        mixHash = Hash(try fields.word("mixHash") ?? .zero)
        beneficiary = try fields.address("coinbase") ?? .zero
        baseFee = try fields.word("baseFeePerGas")
        excessBlobGas = try fields.uint64("excessBlobGas")
        blobGasUsed = try fields.uint64("blobGasUsed")
        guard let alloc = json["alloc"]?.object else { throw .missing("alloc") }
        allocations = try Genesis.parse(alloc: alloc)
        try checkRoots()
    }

    private static func parse(alloc: JSONObject) throws(GenesisError) -> [Allocation] {
        var allocations: [Allocation] = []
        for (name, account) in alloc.entries {
            let text = name.hasPrefix("0x") ? name : "0x" + name
            let address: Address
            do {
                address = try Address(hex: text)
            } catch {
                throw .invalid("alloc", got: name)
            }
            guard account.object != nil else {
                throw .invalid("alloc.\(name)", got: "no object")
            }
            let fields = GenesisFields(json: account, path: "alloc.\(name).")
            let storage = try Genesis.parse(storage: try fields.object("storage"), of: name)
            allocations.append(
                Allocation(
                    address: address, balance: try fields.word("balance") ?? .zero,
                    nonce: try fields.uint64("nonce") ?? 0,
                    code: try fields.bytes("code") ?? [], storage: storage))
        }
        allocations.sort { $0.address < $1.address }
        for (left, right) in zip(allocations, allocations.dropFirst())
        where left.address == right.address {
            throw .invalid("alloc", got: "\(left.address) twice")
        }
        return allocations
    }

    private static func parse(
        storage object: JSONObject?, of name: String
    ) throws(GenesisError) -> [Slot] {
        var slots: [Slot] = []
        for (key, value) in object?.entries ?? [] {
            let path = "alloc.\(name).storage.\(key)"
            slots.append(
                Slot(
                    key: try GenesisFields.word(.string(key), path: path),
                    value: try GenesisFields.word(value, path: path)))
        }
        slots.sort { $0.key < $1.key }
        // Two spellings of one slot: which word holds would be anyone's guess.
        for (left, right) in zip(slots, slots.dropFirst()) where left.key == right.key {
            throw .invalid("alloc.\(name).storage", got: "\(left.key.hexQuantity) twice")
        }
        return slots.filter { !$0.value.isZero }
    }

    /// The genesis accounts as changes to an empty state.
    public var changes: [AccountChange] {
        allocations.map { allocation in
            AccountChange(
                address: allocation.address,
                account: Account(
                    nonce: allocation.nonce, balance: allocation.balance,
                    codeHash: Keccak.hash(allocation.code)),
                storageCleared: false,
                storage: allocation.storage.map { ($0.key, $0.value) },
                code: allocation.code.isEmpty ? nil : allocation.code)
        }
    }

    /// The genesis header over a state root.
    public func header(stateRoot: Hash) -> Header {
        var header = Header(
            parentHash: .zero, beneficiary: beneficiary, stateRoot: stateRoot,
            transactionsRoot: OrderedRoots.empty, receiptsRoot: OrderedRoots.empty,
            difficulty: difficulty, number: 0, gasLimit: gasLimit, timestamp: timestamp,
            extraData: extraData, mixHash: mixHash, nonce: nonce)
        let revision = config.revision(number: 0, timestamp: timestamp)
        if revision >= .london { header.baseFee = baseFee ?? FeeMarket.initialBaseFee }
        if revision >= .shanghai { header.withdrawalsRoot = OrderedRoots.empty }
        if revision >= .cancun {
            header.blobGasUsed = blobGasUsed ?? 0
            header.excessBlobGas = excessBlobGas ?? 0
            header.parentBeaconBlockRoot = .zero
        }
        if revision >= .prague { header.requestsHash = Header.noRequests }
        return header
    }
}
