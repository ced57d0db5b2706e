internal import Codec
internal import EVM
internal import Ledger
internal import Node
internal import Primitives

/// The positional parameters of one request.
struct Parameters {
    let values: [JSON]

    init(_ json: JSON?) throws(RPCError) {
        switch json {
        case nil, .null?: values = []
        case .array(let array)?: values = array
        default: throw .invalidParams("expected an array")
        }
    }

    init(_ values: [JSON]) throws(RPCError) { try self.init(.array(values)) }

    subscript(index: Int) -> JSON? {
        guard values.indices.contains(index), !values[index].isNull else { return nil }
        return values[index]
    }

    func required(_ index: Int, _ name: String) throws(RPCError) -> JSON {
        guard let value = self[index] else {
            throw .invalidParams("missing value for required argument \(index) (\(name))")
        }
        return value
    }

    func address(_ index: Int) throws(RPCError) -> Address {
        try RPCValue.address(try required(index, "address"), "argument \(index)")
    }

    func hash(_ index: Int) throws(RPCError) -> Hash {
        try RPCValue.hash(try required(index, "hash"), "argument \(index)")
    }

    func bytes(_ index: Int) throws(RPCError) -> [UInt8] {
        try RPCValue.bytes(try required(index, "data"), "argument \(index)")
    }

    func quantity(_ index: Int) throws(RPCError) -> UInt256 {
        try RPCValue.quantity(try required(index, "quantity"), "argument \(index)")
    }

    func bool(_ index: Int) throws(RPCError) -> Bool {
        guard let value = self[index] else { return false }
        guard let bool = value.bool else {
            throw .invalidParams("argument \(index): expected a boolean")
        }
        return bool
    }

    func block(_ index: Int) throws(RPCError) -> BlockReference {
        guard let value = self[index] else { return .latest }
        return try RPCValue.block(value, "argument \(index)")
    }
}

/// Which block a request is about.
enum BlockReference: Equatable {
    case latest
    /// The state that the next block starts from: that of the newest one.
    case pending
    case earliest
    case number(UInt64)
    case hash(Hash)
}

/// Reads single values in the forms of the execution API.
enum RPCValue {
    static func text(_ json: JSON, _ path: String) throws(RPCError) -> String {
        guard let text = json.string else { throw .invalidParams("\(path): expected a string") }
        return text
    }

    static func address(_ json: JSON, _ path: String) throws(RPCError) -> Address {
        let text = try text(json, path)
        do {
            return try Address(hex: text)
        } catch {
            throw .invalidParams("\(path): invalid address: \(error)")
        }
    }

    static func hash(_ json: JSON, _ path: String) throws(RPCError) -> Hash {
        let text = try text(json, path)
        do {
            return try Hash(hex: text)
        } catch {
            throw .invalidParams("\(path): invalid hash: \(error)")
        }
    }

    static func bytes(_ json: JSON, _ path: String) throws(RPCError) -> [UInt8] {
        let text = try text(json, path)
        do {
            return try Hex.decodePrefixed(text)
        } catch {
            throw .invalidParams("\(path): invalid hex data: \(error)")
        }
    }

    /// A quantity: hex digits after `0x`; plain JSON numbers are taken too, as anvil does.
    static func quantity(_ json: JSON, _ path: String) throws(RPCError) -> UInt256 {
        if let number = json.uint64 { return UInt256(number) }
        let text = try text(json, path)
        do {
            return try UInt256(hex: text)
        } catch {
            throw .invalidParams("\(path): invalid quantity: \(error)")
        }
    }

    static func uint64(_ json: JSON, _ path: String) throws(RPCError) -> UInt64 {
        let word = try quantity(json, path)
        guard let number = word.asUInt64 else {
            throw .invalidParams("\(path): the quantity is over 64 bits")
        }
        return number
    }

    /// A tag, a number, or an object with a number or a hash (EIP-1898).
    static func block(_ json: JSON, _ path: String) throws(RPCError) -> BlockReference {
        if let hash = json["blockHash"] { return .hash(try self.hash(hash, path)) }
        if let number = json["blockNumber"] { return .number(try uint64(number, path)) }
        switch json.string {
        case "latest", "safe", "finalized": return .latest
        case "pending": return .pending
        case "earliest": return .earliest
        case let text? where text.utf8.count == 66: return .hash(try hash(json, path))
        default: return .number(try uint64(json, path))
        }
    }
}
