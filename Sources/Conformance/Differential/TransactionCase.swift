internal import Codec
internal import Crypto
internal import EVM
internal import Ledger
internal import Primitives
internal import Trie

/// One transaction on a small state.
struct TransactionCase: Sendable, Equatable {
    var world: CaseWorld
    var entry: CaseTransaction

    /// The case as the peer of these rules can hold it.
    ///
    /// pyrevm loads an account to give it storage, and takes it for warm from then on, and all
    /// slots but the first for written: only accounts that the transaction itself warms keep
    /// their storage, and that is one slot. It raises no nonce of who calls: a sender that lived
    /// by its first nonce alone would be empty, so that each has one before.
    func fitted(to rules: DifferentialCase.Rules) -> TransactionCase {
        guard rules == .cancun else { return self }
        var warm =
            [entry.sender, world.block.beneficiary] + [entry.transaction.to].compactMap(\.self)
        warm += entry.transaction.accessList.map(\.address)
        var copy = self
        for index in copy.world.accounts.indices {
            let isWarm = warm.contains(copy.world.accounts[index].address)
            let kept = copy.world.accounts[index].storage.suffix(isWarm ? 1 : 0)
            copy.world.accounts[index].storage = Array(kept)
        }
        if copy.world[entry.sender].nonce == 0 {
            copy.world[entry.sender].nonce = 1
            if entry.transaction.nonce < .max { copy.entry.transaction.nonce += 1 }
        }
        return copy
    }

    /// What the transaction led to, in the form that peers answer in.
    func run(_ rules: DifferentialCase.Rules, tracer: (any Tracer)?) -> JSON {
        // Past blocks hash as the state tests have it, and the peers.
        let state = MemoryState { Keccak.hash(Array(String($0).utf8)) }
        state.apply(world.changes)
        let journal = Journal(source: state)
        var processor = TransactionProcessor(
            revision: rules.revision, block: world.block.context(rules),
            blobSchedule: rules.blobs, precompiles: PrecompileTable(rules.revision),
            journal: journal, tracer: tracer)
        do {
            let (transaction, sender) = try read(rules).get()
            let result = try processor.process(
                transaction, from: sender, gasLeft: world.block.gasLimit)
            return outcome(result, journal.changes(), rules)
        } catch let refusal as CaseRefusal {
            return ["status": "refused", "reason": .string(refusal.name)]
        } catch {
            return ["status": "refused", "reason": .string(CaseRefusal(error).name)]
        }
    }

    /// The peer of Cancun takes fields and no signature: there is nothing to read.
    private func read(
        _ rules: DifferentialCase.Rules
    ) -> Result<(Transaction, Address), CaseRefusal> {
        rules == .cancun
            ? .success((entry.transaction, entry.sender)) : CaseTransaction.read(entry.encoded)
    }

    private func outcome(
        _ result: TransactionResult, _ changes: [AccountChange], _ rules: DifferentialCase.Rules
    ) -> JSON {
        var object = JSONObject()
        var output = result.outcome.output
        switch result.outcome.status {
        case .success:
            object["status"] = "success"
            // Peers tell the new code as a part of the state only.
            if entry.transaction.to == nil { output = [] }
        case .revert: object["status"] = "revert"
        case .halted(let halt):
            object["status"] = "halt"
            object["reason"] = .string(CaseRefusal(halt).name)
            output = []
        }
        object["gas"] = .number(JSONNumber(result.gasUsed))
        object["output"] = .string(Hex.encode(output))
        object["logs"] = .array(
            result.logs.map { log in
                [
                    "address": .string(log.address.hex),
                    "topics": .array(log.topics.map { .string($0.hex) }),
                    "data": .string(Hex.encode(log.data)),
                ]
            })
        if rules == .cancun {
            object["accounts"] = .object(accounts(changes))
        } else {
            object["root"] = .string(root(after: changes))
        }
        return .object(object)
    }

    private func accounts(_ changes: [AccountChange]) -> JSONObject {
        var states = JSONObject()
        for change in changes {
            guard let account = change.account else {
                states[change.address.hex] = "gone"
                continue
            }
            var slots = JSONObject()
            let before = world[change.address].storage
            for entry in before where !change.storageCleared && !entry.value.isZero {
                slots[entry.slot.hexQuantity] = .string(entry.value.hexQuantity)
            }
            for (slot, value) in change.storage {
                slots[slot.hexQuantity] = .string(value.hexQuantity)
            }
            states[change.address.hex] = [
                "balance": .string(account.balance.hexQuantity),
                "nonce": .number(JSONNumber(account.nonce)),
                "codeHash": .string(account.codeHash.hex), "storage": .object(slots),
            ]
        }
        return states
    }

    private func root(after changes: [AccountChange]) -> String {
        let nodes = MemoryNodes()
        do {
            let start = try StateCommit(world.changes, onto: MerkleTrie.emptyRoot, nodes: nodes)
            nodes.insert(start)
            return try StateCommit(changes, onto: start.root, nodes: nodes).root.hex
        } catch {
            return "\(error)"
        }
    }

    /// What a peer reads: the encoding for one that decodes, fields for one that does not.
    func question(_ rules: DifferentialCase.Rules) -> JSON {
        [
            "kind": "transaction", "pre": world.json, "env": world.block.json,
            "tx": rules == .cancun ? entry.json : .string(Hex.encode(entry.encoded)),
        ]
    }

    // MARK: Making it smaller

    mutating func minimise(_ minimiser: inout Minimiser<TransactionCase>) {
        minimiser.drop(\.world.accounts)
        minimiser.drop(\.entry.transaction.accessList)
        minimiser.drop(\.entry.transaction.authorizations)
        minimiser.drop(\.entry.transaction.blobHashes)
        minimiser.set(\.entry.flaw, to: nil)
        minimiser.set(\.entry.transaction.value, to: .zero)
        minimiser.shorten(\.entry.transaction.input)
        minimiser.simplify(world: \.world)
        self = minimiser.best
    }
}
