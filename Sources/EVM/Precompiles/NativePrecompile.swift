public import Primitives

/// A precompile that the ledger adds: Swift in place of code, with state and calls.
///
/// It answers `CALL` and `STATICCALL`; `DELEGATECALL` and `CALLCODE` to it revert. Value moves as
/// in any call. A failure undoes all it did. Its account should carry the code 0xfe, so that
/// contracts that ask for code before they call find some.
public struct NativePrecompile: Sendable {
    public let address: Address
    public let run: @Sendable (inout NativeCall) throws(NativeFailure) -> [UInt8]

    public init(
        address: Address,
        run: @escaping @Sendable (inout NativeCall) throws(NativeFailure) -> [UInt8]
    ) {
        self.address = address
        self.run = run
    }
}

/// How a native precompile gives up.
public enum NativeFailure: Error, Equatable, Sendable {
    /// Keeps the gas that is left and answers with a reason, as `REVERT` does.
    case revert([UInt8])
    /// Takes all the gas.
    case halt(Halt)
    /// Bytes with this SHA-256 decide what happens and are not at hand: no outcome would be right.
    /// `Machine.missing` says so, and whoever runs the machine gives the transaction up.
    case missing(Hash)
}

/// One call of a native precompile: what it was given and what it may do.
///
/// Nothing here charges gas but `charge` and `call`: natives charge by formula.
public struct NativeCall {
    let engine: Engine
    public let input: [UInt8]
    public let caller: Address
    /// The precompile's own.
    public let address: Address
    /// Wei that came with the call, already moved.
    public let value: UInt256
    public let isStatic: Bool
    let depth: Int
    public private(set) var gasLeft: UInt64

    init(
        engine: Engine, input: [UInt8], caller: Address, address: Address, value: UInt256,
        isStatic: Bool, depth: Int, gas: UInt64
    ) {
        self.engine = engine
        self.input = input
        self.caller = caller
        self.address = address
        self.value = value
        self.isStatic = isStatic
        self.depth = depth
        gasLeft = gas
    }

    public var revision: Revision { engine.revision }
    public var block: BlockContext { engine.block }
    /// The transaction's sender.
    public var origin: Address { engine.transaction.origin }
    /// Whether nothing that this run does will be part of a block.
    public var isSimulation: Bool { engine.transaction.isSimulation }
    /// Logs of the transaction so far, those of reverted frames left out.
    public var logCount: Int { engine.journal.logList.count }

    public mutating func charge(_ gas: UInt64) throws(NativeFailure) {
        guard gas <= gasLeft else { throw .halt(.outOfGas) }
        gasLeft -= gas
    }

    // MARK: State

    /// The precompile's own slot, or that of another account that it keeps.
    public func load(_ slot: UInt256, of account: Address? = nil) -> UInt256 {
        engine.journal.storage(of: account ?? address, at: slot)
    }

    public func store(
        _ slot: UInt256, _ value: UInt256, of account: Address? = nil
    ) throws(NativeFailure) {
        try requireMutable()
        engine.journal.setStorage(of: account ?? address, at: slot, to: value)
    }

    /// Gives an account that the native keeps these bytes as its code, and the nonce 1 that a
    /// contract has.
    public func storeCode(_ code: [UInt8], of account: Address) throws(NativeFailure) {
        try requireMutable()
        engine.journal.setNonce(of: account, to: 1)
        engine.journal.setCode(of: account, to: code)
    }

    /// Logs in the precompile's name.
    public func emit(topics: [Hash], data: [UInt8]) throws(NativeFailure) {
        precondition(topics.count <= 4, "a log has at most four topics")
        try requireMutable()
        engine.journal.addLog(Log(address: address, topics: topics, data: data))
    }

    public func balance(of account: Address) -> UInt256 { engine.journal.balance(of: account) }

    public func nonce(of account: Address) -> UInt64 { engine.journal.nonce(of: account) }

    /// The account's own bytes; see `Journal.code`.
    public func readCode(of account: Address) -> [UInt8] { engine.journal.code(of: account) }

    // MARK: Calls

    /// Calls EVM code, or another precompile, with `gas` of what is left; what the callee does
    /// not use comes back. A failed callee leaves no trace.
    ///
    /// `from` may be any account that the native speaks for. Within a static call every call is
    /// static. Outcomes `insufficientBalance` and `callTooDeep` cost nothing.
    public mutating func call(
        from sender: Address? = nil, to target: Address, value: UInt256 = .zero,
        input: [UInt8] = [], gas: UInt64, isStatic: Bool = false
    ) throws(NativeFailure) -> Outcome {
        let isStatic = isStatic || self.isStatic
        if isStatic, !value.isZero { throw .halt(.staticViolation) }
        try charge(gas)
        let outcome = engine.execute(
            Message(
                kind: isStatic ? .staticCall : .call, caller: sender ?? address,
                recipient: target, value: value, input: input, gas: gas, isStatic: isStatic,
                depth: depth + 1))
        gasLeft += outcome.gasLeft
        return outcome
    }

    private func requireMutable() throws(NativeFailure) {
        if isStatic { throw .halt(.staticViolation) }
    }
}
