internal import Codec
internal import Node
internal import Primitives

// What developers do to a local chain, as anvil, hardhat and ganache name it.

extension RPCServer {
    private func clock() throws(RPCError) -> AdjustableClock {
        guard let clock = node.clock as? AdjustableClock else {
            throw .server("the clock of this node cannot be moved")
        }
        return clock
    }

    /// Sets the clock, in seconds; milliseconds are told by their size, as anvil does. Blocks
    /// still follow their parents: a time in the past holds until the head has passed it.
    func setTime(_ parameters: Parameters) throws(RPCError) -> JSON {
        let clock = try clock()
        guard let time = try parameters.quantity(0).asUInt64 else {
            throw .invalidParams("argument 0: the time is over 64 bits")
        }
        let before = clock.now()
        let seconds = time > 1_000_000_000_000 ? time / 1000 : time
        clock.set(seconds)
        return .quantity(before > seconds ? before - seconds : seconds - before)
    }

    /// Moves the clock forward and answers how far it was moved in all, in seconds.
    func increaseTime(_ parameters: Parameters) throws(RPCError) -> JSON {
        let clock = try clock()
        guard let seconds = try parameters.quantity(0).asUInt64 else {
            throw .invalidParams("argument 0: the time is over 64 bits")
        }
        let offset = clock.advance(by: seconds)
        return .quantity(UInt64(clamping: offset))
    }
}
