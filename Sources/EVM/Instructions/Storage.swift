internal import Primitives

// 0x54, 0x55, 0x5c, 0x5d.
extension Frame {
    @inline(never)
    mutating func storageLoad(_ engine: Engine) throws(Halt) {
        let slot = engine.journal.slotNumber(account, last)
        if engine.schedule.hasWarmth, engine.journal.warmSlot(slot) {
            try charge(Gas.coldSlot &- Gas.warmAccess)
        }
        last = engine.journal.slots[slot].value
    }

    @inline(never)
    mutating func storageStore(_ engine: Engine) throws(Halt) {
        try requireMutable()
        let key = pop()
        let value = pop()
        gas = try engine.storeSlot(account, key, value, gas: gas)
    }

    @inline(__always)
    mutating func transientLoad(_ engine: Engine) {
        last = engine.journal.transient(account, last)
    }

    @inline(never)
    mutating func transientStore(_ engine: Engine) throws(Halt) {
        try requireMutable()
        let key = pop()
        let value = pop()
        engine.journal.setTransient(account, key, value)
    }
}

extension Engine {
    /// Writes a slot and returns what gas is left.
    @inline(never)
    func storeSlot(
        _ account: Int, _ key: UInt256, _ value: UInt256, gas: Int64
    ) throws(Halt) -> Int64 {
        if schedule.hasStoreSentry, gas <= Gas.storeSentry { throw .outOfGas }
        let slot = journal.slotNumber(account, key)
        let current = journal.slots[slot].value
        var cost: Int64 = 0
        if schedule.hasWarmth, journal.warmSlot(slot) { cost = Gas.coldSlot }
        if schedule.isNetMetered {
            let original = journal.original(slot)
            cost &+= netCost(original: original, current: current, new: value)
            if gas < cost { throw .outOfGas }
            let refund = netRefund(original: original, current: current, new: value)
            if refund != 0 { journal.addRefund(refund) }
        } else {
            cost &+=
                current.isZero && !value.isZero ? schedule.storeSet : schedule.storeReset
            if gas < cost { throw .outOfGas }
            if !current.isZero, value.isZero { journal.addRefund(schedule.storeClearRefund) }
        }
        if current != value { journal.write(slot: slot, value: value) }
        return gas &- cost
    }

    /// Source: EIP-1283 and EIP-2200; EIP-2929 changes only the prices.
    private func netCost(original: UInt256, current: UInt256, new: UInt256) -> Int64 {
        if current == new || original != current { return schedule.storeNoop }
        return original.isZero ? schedule.storeSet : schedule.storeReset
    }

    private func netRefund(original: UInt256, current: UInt256, new: UInt256) -> Int64 {
        if current == new { return 0 }
        if original == current {
            return !original.isZero && new.isZero ? schedule.storeClearRefund : 0
        }
        var refund: Int64 = 0
        if !original.isZero {
            if current.isZero { refund &-= schedule.storeClearRefund }
            if new.isZero { refund &+= schedule.storeClearRefund }
        }
        if original == new {
            refund &+=
                (original.isZero ? schedule.storeSet : schedule.storeReset) &- schedule.storeNoop
        }
        return refund
    }
}
