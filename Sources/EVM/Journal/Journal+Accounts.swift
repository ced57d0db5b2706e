internal import Crypto
internal import Primitives

// Accounts by their number in the journal: what the interpreter uses. A number stays valid for
// the journal's life, so a frame looks its own account up once.
extension Journal {
    /// The account's number; its facts may not be loaded yet.
    @inline(__always)
    func number(of address: Address) -> Int {
        accounts.find(address) ?? accounts.insert(AccountEntry(key: address))
    }

    /// The account's number, its facts loaded.
    @inline(__always)
    func loaded(_ address: Address) -> Int {
        let number = number(of: address)
        if !accounts[number].isLoaded { fetch(number) }
        return number
    }

    @inline(__always)
    func load(_ number: Int) {
        if !accounts[number].isLoaded { fetch(number) }
    }

    @inline(never)
    private func fetch(_ number: Int) {
        accounts[number].isLoaded = true
        guard let found = source.account(accounts[number].key) else {
            accounts[number].code = 0
            return
        }
        accounts[number].exists = true
        accounts[number].balance = found.balance
        accounts[number].nonce = found.nonce
        accounts[number].codeHash = found.codeHash
        accounts[number].baseExists = true
        accounts[number].baseBalance = found.balance
        accounts[number].baseNonce = found.nonce
        accounts[number].baseCodeHash = found.codeHash
    }

    // MARK: Reads that decide

    /// The balance of a loaded account. A transaction that only adds to it need not ask.
    @inline(__always)
    func balance(_ number: Int) -> UInt256 {
        accounts[number].observed.insert(.balance)
        return accounts[number].balance
    }

    @inline(__always)
    func nonce(_ number: Int) -> UInt64 {
        accounts[number].observed.insert(.nonce)
        return accounts[number].nonce
    }

    @inline(__always)
    func isEmpty(_ number: Int) -> Bool {
        accounts[number].observed.insert(.emptiness)
        return accounts[number].isEmpty
    }

    // MARK: Code

    /// The code of a loaded account. The journal keeps it alive.
    @inline(__always)
    func code(_ number: Int) -> Unmanaged<Code> {
        let index = accounts[number].code
        return unsafe index >= 0 ? codes[Int(index)] : fetchCode(number)
    }

    @inline(never)
    private func fetchCode(_ number: Int) -> Unmanaged<Code> {
        let hash = accounts[number].codeHash
        if hash == .emptyCode {
            accounts[number].code = 0
            return unsafe codes[0]
        }
        let code = codeCache.code(hash) { source.code(hash) }
        accounts[number].code = keep(code)
        return unsafe Unmanaged.passUnretained(code)
    }

    private func keep(_ code: Code) -> Int32 {
        unsafe codes.append(Unmanaged.passRetained(code))
        return unsafe Int32(codes.count - 1)
    }

    func setCode(_ number: Int, _ bytes: [UInt8]) {
        if bytes.isEmpty {
            write(number, codeHash: .emptyCode, code: 0)
        } else {
            let code = Code(bytes)
            let hash = Keccak.hash(bytes)
            newCodes[hash] = bytes
            write(number, codeHash: hash, code: keep(code))
        }
        materialize(number)
    }

    // MARK: Writes that can be undone

    @inline(__always)
    func write(_ number: Int, balance: UInt256) {
        undo.append(UndoEntry(.balance, number, word: accounts[number].balance))
        accounts[number].balance = balance
    }

    @inline(__always)
    func write(_ number: Int, nonce: UInt64) {
        undo.append(UndoEntry(.nonce, number, small: accounts[number].nonce))
        accounts[number].nonce = nonce
    }

    func write(_ number: Int, codeHash: Hash, code: Int32) {
        undo.append(
            UndoEntry(
                .code, number, small: UInt64(truncatingIfNeeded: accounts[number].code),
                word: accounts[number].codeHash.word))
        accounts[number].codeHash = codeHash
        accounts[number].code = code
    }

    /// Makes a loaded account exist.
    @inline(__always)
    func materialize(_ number: Int) {
        if !accounts[number].exists {
            undo.append(UndoEntry(.exists, number, small: 0))
            accounts[number].exists = true
        }
    }

    /// Makes a loaded account exist and marks it for deletion should it stay empty. An account
    /// that is not empty cannot become so within a transaction, and needs no mark.
    @inline(__always)
    func touch(_ number: Int) {
        if !accounts[number].exists || isEmpty(number) { touchEmpty(number) }
    }

    @inline(never)
    private func touchEmpty(_ number: Int) {
        materialize(number)
        guard accounts[number].touchedEpoch != epoch else { return }
        undo.append(UndoEntry(.touched, number))
        accounts[number].touchedEpoch = epoch
        marked.append(number)
    }

    /// Moves wei between loaded accounts; the payer has it.
    @inline(__always)
    func transfer(_ value: UInt256, from payer: Int, to payee: Int) {
        guard !value.isZero, payer != payee else { return }
        write(payer, balance: balance(payer) - value)
        materialize(payee)
        write(payee, balance: accounts[payee].balance &+ value)
    }

    /// Marks an account as used in this transaction; true when it was not before.
    @inline(__always)
    func warm(_ number: Int) -> Bool {
        accounts[number].warmEpoch == epoch ? false : warmFirst(number)
    }

    @inline(never)
    private func warmFirst(_ number: Int) -> Bool {
        if isAlwaysWarm(accounts[number].key) { return false }
        undo.append(UndoEntry(.accountWarm, number))
        accounts[number].warmEpoch = epoch
        return true
    }

    func isAlwaysWarm(_ address: Address) -> Bool {
        guard alwaysWarmEpoch == epoch, let alwaysWarm else { return false }
        return alwaysWarm.contains(address)
    }

    func markCreated(_ number: Int) {
        guard accounts[number].createdEpoch != epoch else { return }
        undo.append(UndoEntry(.created, number))
        accounts[number].createdEpoch = epoch
    }

    /// Marks an account for deletion at the end of the transaction; true when it was not before.
    func markDestroyed(_ number: Int) -> Bool {
        guard accounts[number].destroyedEpoch != epoch else { return false }
        undo.append(UndoEntry(.destroyed, number))
        accounts[number].destroyedEpoch = epoch
        marked.append(number)
        return true
    }

    /// Whether a loaded account holds storage from before (EIP-7610). Storage written in this
    /// journal needs no look: its owner has a nonce or code.
    func hasStorage(_ number: Int) -> Bool {
        let answer =
            accounts[number].incarnation == 0 && accounts[number].baseExists
            && source.hasStorage(accounts[number].key)
        accounts[number].observed.formUnion(answer ? [.storage, .hadStorage] : .storage)
        return answer
    }

    @inline(__always)
    func addRefund(_ gas: Int64) {
        undo.append(UndoEntry(.refund, 0, small: UInt64(bitPattern: refund)))
        refund &+= gas
    }
}
