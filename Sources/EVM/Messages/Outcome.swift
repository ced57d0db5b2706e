public import Primitives

/// How a message ended. Refunds are in `Journal.refund`.
public struct Outcome: Sendable, Equatable {
    public enum Status: Sendable, Equatable {
        case success
        /// The frame gave its changes up and kept its gas (EIP-140).
        case revert
        case halted(Halt)
    }

    public var status: Status
    /// Returned bytes, or the reason of a revert.
    public var output: [UInt8]
    public var gasLeft: UInt64
    /// The new contract after a successful creation.
    public var created: Address?

    public init(
        status: Status, output: [UInt8] = [], gasLeft: UInt64 = 0, created: Address? = nil
    ) {
        self.status = status
        self.output = output
        self.gasLeft = gasLeft
        self.created = created
    }

    public var isSuccess: Bool { status == .success }
}
