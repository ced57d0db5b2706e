internal import Crypto
internal import Ledger
internal import Primitives

/// Makes worlds and programs out of a seed: the same ones on every machine.
struct CaseMaker {
    var draw: Draw
    let rules: DifferentialCase.Rules
    let corpus: CodeCorpus
    private(set) var contracts: [Address] = []

    init(seed: UInt64, rules: DifferentialCase.Rules, corpus: CodeCorpus) {
        draw = Draw(seed: seed)
        self.rules = rules
        self.corpus = corpus
    }

    static let beneficiary = Address(truncating: 0xc01)
    private static let ether = UInt256(1_000_000_000_000_000_000)

    static func contract(_ index: Int) -> Address {
        Address(truncating: UInt256(0xc0de_0000 + index))
    }

    /// Whom programs call and transactions name: accounts that are there, mostly.
    var targets: [Address] {
        contracts + CaseKey.all.map(\.address) + [CaseMaker.beneficiary]
    }

    // MARK: Programs

    /// A call that pays nothing for its gas: what matters is the code.
    mutating func program() -> TransactionCase {
        var world = world(contracts: 1 + draw.below(3))
        world[CaseKey.all[0].address] = CaseAccount(
            address: CaseKey.all[0].address, balance: CaseMaker.ether)
        let plenty: UInt64 = rules == .cancun ? 1_000_000 : 300_000
        let gas = draw.isOne(in: 8) ? 30_000 + UInt64(draw.below(40_000)) : plenty
        let transaction = Transaction(
            kind: .legacy, chainID: nil, nonce: 0, maxPriorityFeePerGas: .zero,
            maxFeePerGas: .zero, gasLimit: gas, to: CaseMaker.contract(0),
            value: draw.isOne(in: 4) ? UInt256(draw.below(1_000_000)) : .zero,
            input: draw.bytes(draw.below(100)))
        return TransactionCase(
            world: world, entry: CaseTransaction(transaction: transaction, signer: 0))
    }

    // MARK: Worlds

    /// Contracts with random codes, and the accounts of the keys.
    mutating func world(contracts count: Int) -> CaseWorld {
        contracts = (0..<count).map { CaseMaker.contract($0) }
        var world = CaseWorld()
        for address in contracts {
            world[address] = CaseAccount(
                address: address, nonce: 1, balance: 1000, code: code(), storage: storage())
        }
        for (index, key) in CaseKey.all.enumerated() {
            world[key.address] = keyAccount(key.address, sends: index < CaseKey.senderCount)
        }
        world.block.beneficiary = draw.isOne(in: 6) ? draw.pick(targets) : CaseMaker.beneficiary
        if draw.isOne(in: 3) {
            world[world.block.beneficiary].balance = 1
        }
        return world
    }

    private mutating func keyAccount(_ address: Address, sends: Bool) -> CaseAccount {
        var account = CaseAccount(
            address: address, nonce: draw.pick([0, 0, 1, 5, 200]),
            balance: CaseMaker.ether * UInt256(1 + draw.below(1000)))
        if sends {
            // A nonce at its end (EIP-2681).
            if draw.isOne(in: 60) { account.nonce = .max - UInt64(draw.below(2)) }
        } else {
            account.balance = UInt256(draw.below(3))
        }
        // Codes of accounts with keys: delegations (EIP-7702), or such as cannot be (EIP-3607).
        if rules == .osaka, draw.isOne(in: sends ? 8 : 3) {
            account.code = [0xef, 0x01, 0x00] + draw.pick(targets).bytes
            account.storage = storage()
        } else if draw.isOne(in: 40) {
            account.code = code()
        }
        if !account.code.isEmpty { account.nonce = max(account.nonce, 1) }
        return account
    }

    private mutating func storage() -> [CaseAccount.Slot] {
        guard !draw.isOne(in: 3) else { return [] }
        var slots: [CaseAccount.Slot] = []
        for slot in 0..<4 where draw.isOne(in: 2) {
            let value = draw.isOne(in: 2) ? UInt256(1 + draw.below(2)) : draw.word()
            if !value.isZero { slots.append(.init(slot: UInt256(slot), value: value)) }
        }
        return slots
    }

    /// Random code, or real code with changes.
    mutating func code() -> [UInt8] {
        if draw.isOne(in: 3), corpus.count > 0 {
            let donor = draw.pick(corpus.codes)
            return CodeMutation.apply(
                to: draw.pick(corpus.codes), donor: donor, targets: targets, &draw)
        }
        let steps = 4 + draw.below(rules == .cancun ? 60 : 40)
        return RandomProgram.make(&draw, rules: rules, targets: targets, steps: steps)
    }
}
