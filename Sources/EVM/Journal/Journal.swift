internal import Primitives

/// The state as the running block has changed it, with a way back to every checkpoint.
///
/// Reads come from `source` once and are kept; changes are kept beside the values they started
/// from. Every change appends the old value to one log, so `revert` costs what was changed and
/// nothing is ever copied. Marks of one transaction (warm, touched, created, destroyed, transient
/// and original values) carry its epoch and lapse when the next one begins.
///
/// A class, because the ledger keeps it while machines and native precompiles change it. Its
/// containers are `let`s behind pointers, so the class costs no exclusivity checks. One thread.
@safe
public final class Journal {
    let source: any StateSource
    let codeCache: CodeCache
    /// Codes that were set here, by hash: the source may not have them.
    var newCodes: [Hash: [UInt8]] = [:]
    let accounts = Table<AccountEntry>(buckets: 16)
    let slots = Table<SlotEntry>(buckets: 32)
    let transients = Table<TransientEntry>(buckets: 16)
    let undo = Vector<UndoEntry>(capacity: 32)
    /// Codes in use, by the number that account entries hold; 0 is no code.
    let codes = unsafe Vector<Unmanaged<Code>>(capacity: 4)
    /// Accounts that may be touched or destroyed in this transaction; their marks decide.
    let marked = Vector<Int>(capacity: 8)
    /// The running transaction; 0 is none.
    var epoch: UInt32 = 1
    /// The last incarnation given out.
    var incarnation: UInt32 = 0
    /// The precompiles that are warm from the start of transaction `alwaysWarmEpoch`.
    var alwaysWarm: PrecompileTable?
    var alwaysWarmEpoch: UInt32 = 0
    /// An account whose nonce was foretold, and what the source says of it.
    var foretold: (number: Int, nonce: UInt64)?

    let logList = LogList()
    /// What the running transaction logged and did not revert. Made when read.
    public var logs: [Log] { logList.all }
    /// Gas to be given back at the end of the transaction. Below zero only between opcodes of
    /// a frame whose caller cleared slots.
    public internal(set) var refund: Int64 = 0

    public init(source: any StateSource, codeCache: CodeCache = CodeCache()) {
        self.source = source
        self.codeCache = codeCache
        unsafe codes.append(Unmanaged.passRetained(Code.none))
    }

    deinit {
        for index in unsafe 0..<codes.count { unsafe codes[index].release() }
    }

    // MARK: Scopes

    /// Starts a transaction: nothing is warm, touched or created, transient storage is empty and
    /// the values found are the original ones.
    public func beginTransaction() {
        epoch += 1
        transients.removeAll()
        marked.removeAll()
        logList.removeAll()
        refund = 0
    }

    /// A mark for `revert`, valid until something older is reverted; also across transactions.
    @inline(__always)
    public func checkpoint() -> Int { undo.count }

    /// Goes back to a mark. One touch stays: that of address 3, which the main network once kept
    /// when its call ran out of gas (EIP-161, block 2,675,119).
    public func revert(to mark: Int) {
        precondition(mark >= 0 && mark <= undo.count, "the checkpoint was reverted before")
        while undo.count > mark {
            let entry = undo.removeLast()
            undo(entry, Int(entry.number))
        }
    }

    private func undo(_ entry: UndoEntry, _ number: Int) {
        switch entry.kind {
        case .balance: accounts[number].balance = entry.word
        case .nonce: accounts[number].nonce = entry.small
        case .code:
            accounts[number].codeHash = Hash(entry.word)
            accounts[number].code = Int32(truncatingIfNeeded: entry.small)
        case .exists: accounts[number].exists = entry.small == 1
        case .incarnation:
            accounts[number].incarnation = UInt32(truncatingIfNeeded: entry.small)
        case .accountWarm: accounts[number].warmEpoch = 0
        case .touched:
            if accounts[number].key != Journal.stickyTouch { accounts[number].touchedEpoch = 0 }
        case .created: accounts[number].createdEpoch = 0
        case .destroyed: accounts[number].destroyedEpoch = 0
        case .slot: slots[number].value = entry.word
        case .slotWarm: slots[number].warmEpoch = 0
        case .transient:
            if number < transients.count { transients[number].value = entry.word }
        case .refund: refund = Int64(bitPattern: entry.small)
        case .log: if logList.count > 0 { logList.removeLast() }
        }
    }

    private static let stickyTouch = Address(truncating: 3)

    /// Ends a transaction: deletes what was destroyed and, from Spurious Dragon on, the empty
    /// accounts that were touched (EIP-161). Logs and refund stay readable until the next begins.
    public func finishTransaction(revision: Revision) {
        for index in 0..<marked.count {
            let number = marked[index]
            let isDestroyed = accounts[number].destroyedEpoch == epoch
            let isEmptied =
                revision >= .spuriousDragon && accounts[number].touchedEpoch == epoch
                && accounts[number].exists && accounts[number].isEmpty
            if isDestroyed || isEmptied { delete(number) }
        }
        marked.removeAll()
    }

    func delete(_ number: Int) {
        load(number)
        write(number, balance: .zero)
        write(number, nonce: 0)
        write(number, codeHash: .emptyCode, code: 0)
        undo.append(UndoEntry(.exists, number, small: accounts[number].exists ? 1 : 0))
        accounts[number].exists = false
        undo.append(
            UndoEntry(.incarnation, number, small: UInt64(accounts[number].incarnation)))
        incarnation += 1
        accounts[number].incarnation = incarnation
    }
}
