internal import Primitives

// Storage by numbers: one lookup a slot access.
extension Journal {
    /// The slot's number; its value is read from the source at first sight.
    @inline(__always)
    func slotNumber(_ account: Int, _ slot: UInt256) -> Int {
        let key = SlotKey(
            account: account, incarnation: accounts[account].incarnation, slot: slot)
        return slots.find(key) ?? fetchSlot(account, key)
    }

    @inline(never)
    private func fetchSlot(_ account: Int, _ key: SlotKey) -> Int {
        load(account)
        let isOld = accounts[account].baseExists && accounts[account].incarnation == 0
        let base = isOld ? source.storage(accounts[account].key, key.slot) : .zero
        return slots.insert(SlotEntry(key: key, base: base))
    }

    /// Marks a slot as used in this transaction; true when it was not before.
    @inline(__always)
    func warmSlot(_ number: Int) -> Bool {
        if slots[number].warmEpoch == epoch { return false }
        undo.append(UndoEntry(.slotWarm, number))
        slots[number].warmEpoch = epoch
        return true
    }

    /// The value that the slot had before the transaction.
    @inline(__always)
    func original(_ number: Int) -> UInt256 {
        slots[number].originalEpoch == epoch ? slots[number].original : slots[number].value
    }

    @inline(__always)
    func write(slot number: Int, value: UInt256) {
        if slots[number].originalEpoch != epoch {
            slots[number].original = slots[number].value
            slots[number].originalEpoch = epoch
        }
        undo.append(UndoEntry(.slot, number, word: slots[number].value))
        slots[number].value = value
    }

    // MARK: Transient storage (EIP-1153)

    @inline(never)
    func transient(_ account: Int, _ slot: UInt256) -> UInt256 {
        let key = SlotKey(account: account, incarnation: 0, slot: slot)
        guard let number = transients.find(key) else { return .zero }
        return transients[number].value
    }

    func setTransient(_ account: Int, _ slot: UInt256, _ value: UInt256) {
        let key = SlotKey(account: account, incarnation: 0, slot: slot)
        let number =
            transients.find(key) ?? transients.insert(TransientEntry(key: key, value: .zero))
        undo.append(UndoEntry(.transient, number, word: transients[number].value))
        transients[number].value = value
    }
}
