internal import Codec
internal import Crypto
internal import EVM
internal import Ledger
internal import Node
internal import Primitives
internal import Trie

extension RPCServer {
    /// The header that a reference names, or the error that geth gives.
    func header(_ reference: BlockReference) throws(RPCError) -> (header: Header, hash: Hash) {
        let hash: Hash?
        switch reference {
        case .latest, .pending: return node.head
        case .earliest: hash = node.genesisHash
        case .number(let number):
            hash = number <= node.head.header.number ? node.chain.hash(of: number) : nil
        case .hash(let wanted): hash = wanted
        }
        guard let hash, let header = node.chain.header(hash) else {
            throw .server("header not found")
        }
        return (header, hash)
    }

    func state(_ parameters: Parameters, block index: Int) throws(RPCError) -> TrieState {
        node.state(of: try header(try parameters.block(index)).header)
    }

    func balance(_ parameters: Parameters) throws(RPCError) -> JSON {
        let address = try parameters.address(0)
        return .quantity(try state(parameters, block: 1).account(address)?.balance ?? .zero)
    }

    func transactionCount(_ parameters: Parameters) throws(RPCError) -> JSON {
        let address = try parameters.address(0)
        let nonce = try state(parameters, block: 1).account(address)?.nonce ?? 0
        guard try parameters.block(1) == .pending else { return .quantity(nonce) }
        return .quantity(node.nextNonce(of: address))
    }

    func code(_ parameters: Parameters) throws(RPCError) -> JSON {
        let address = try parameters.address(0)
        let state = try state(parameters, block: 1)
        return .data(state.account(address).map { state.code($0.codeHash) } ?? [])
    }

    func storage(_ parameters: Parameters) throws(RPCError) -> JSON {
        let address = try parameters.address(0)
        let slot = try parameters.quantity(1)
        return .hash(Hash(try state(parameters, block: 2).storage(address, slot)))
    }

    /// Account and storage proofs (EIP-1186).
    func proof(_ parameters: Parameters) throws(RPCError) -> JSON {
        let address = try parameters.address(0)
        guard let keys = try parameters.required(1, "storageKeys").array else {
            throw .invalidParams("storageKeys: expected an array")
        }
        guard keys.count <= Limits.proofKeys else {
            throw .invalidParams("\(keys.count) storage keys, at most \(Limits.proofKeys)")
        }
        var slots: [UInt256] = []
        for key in keys { slots.append(try RPCValue.quantity(key, "storageKeys")) }
        let header = try header(try parameters.block(2)).header
        let proof: AccountProof
        do {
            proof = try AccountProof(
                of: address, slots: slots, root: header.stateRoot, in: node.chain)
        } catch {
            throw .server("the proof cannot be made: \(error)")
        }
        let nodes = { (list: [[UInt8]]) in JSON.array(list.map { .data($0) }) }
        return [
            "address": .address(address),
            "accountProof": nodes(proof.accountProof),
            "balance": .quantity(proof.account.account.balance),
            "codeHash": .hash(proof.account.account.codeHash),
            "nonce": .quantity(proof.account.account.nonce),
            "storageHash": .hash(proof.account.storageRoot),
            "storageProof": .array(
                proof.slots.map { entry in
                    [
                        "key": .quantity(entry.slot), "value": .quantity(entry.value),
                        "proof": nodes(entry.proof),
                    ]
                }),
        ]
    }

    // MARK: Execution

    func ethCall(_ parameters: Parameters) throws(RPCError) -> JSON {
        try RPCServer.refuseOverrides(parameters)
        let request = try CallRequest(try parameters.required(0, "transaction"))
        let header = try header(try parameters.block(1)).header
        let gas = request.gas ?? Limits.callGas
        let outcome = try simulate(request, gas: min(gas, Limits.callGas), on: header)
        switch outcome.status {
        case .success: return .data(outcome.output)
        case .revert: throw .reverted(outcome.output)
        case .halted(let halt): throw .server(RPCServer.text(halt))
        }
    }

    /// An answer that leaves overrides out would be another one than was asked for.
    private static func refuseOverrides(_ parameters: Parameters) throws(RPCError) {
        guard parameters[2] == nil, parameters[3] == nil else {
            throw .invalidParams("state and block overrides are not supported")
        }
    }

    private func simulate(
        _ request: CallRequest, gas: UInt64, on header: Header
    ) throws(RPCError) -> Outcome {
        do {
            let simulation = Simulation(node: node, header: header)
            return try simulation.run(request, gas: gas)
        } catch {
            throw RPCError(error)
        }
    }

    /// The least gas with which the transaction succeeds, by bisection.
    func estimateGas(_ parameters: Parameters) throws(RPCError) -> JSON {
        try RPCServer.refuseOverrides(parameters)
        let request = try CallRequest(try parameters.required(0, "transaction"))
        let header = try header(try parameters.block(1)).header
        let simulation = Simulation(node: node, header: header)
        let cap = min(simulation.gasCap, simulation.gasPaidFor(by: request))
        var high = min(request.gas ?? cap, cap)
        do {
            let outcome = try simulation.run(request, gas: high)
            switch outcome.status {
            case .success: break
            case .revert: throw RPCError.reverted(outcome.output)
            case .halted(let halt):
                throw RPCError.server(
                    halt == .outOfGas
                        ? "gas required exceeds allowance (\(high))" : RPCServer.text(halt))
            }
            // No execution needs less than it used before refunds; 63/64 may ask for more.
            var low = max(21_000, high - outcome.gasLeft) - 1
            let likely = min(high, (high - outcome.gasLeft) + 2_300 + (high - outcome.gasLeft) / 32)
            if likely > low, likely < high, simulation.succeeds(request, gas: likely) {
                high = likely
            }
            if simulation.succeeds(request, gas: low) { low = 20_999 }
            while low + 1 < high {
                let middle = low + (high - low) / 2
                if simulation.succeeds(request, gas: middle) { high = middle } else { low = middle }
            }
            return .quantity(high)
        } catch let error as InvalidTransaction {
            throw RPCError(error)
        } catch let error as RPCError {
            throw error
        } catch {
            preconditionFailure("a simulation throws no other error")
        }
    }

    static func text(_ halt: Halt) -> String {
        switch halt {
        case .outOfGas: "out of gas"
        case .stackUnderflow: "stack underflow"
        case .stackOverflow: "stack limit reached 1024 (1023)"
        case .invalidJump: "invalid jump destination"
        case .invalidOpcode(let opcode):
            "invalid opcode: opcode 0x\(Hex.encode([opcode])) not defined"
        case .staticViolation: "write protection"
        case .returnDataOutOfBounds: "return data out of bounds"
        case .createCollision: "contract address collision"
        case .initcodeTooLarge: "max initcode size exceeded"
        case .codeTooLarge: "max code size exceeded"
        case .invalidCode: "invalid code: must not begin with 0xef"
        case .nonceOverflow: "nonce uint64 overflow"
        case .insufficientBalance: "insufficient balance for transfer"
        case .callTooDeep: "max call depth exceeded"
        case .precompileFailed: "precompile refused its input"
        }
    }
}

/// Runs calls on the state after one block without keeping what they change.
struct Simulation {
    let node: Node
    let header: Header

    /// Gas above which no call runs.
    var gasCap: UInt64 {
        let revision = node.config.revision(number: header.number, timestamp: header.timestamp)
        let block = min(header.gasLimit, Limits.callGas)
        return revision >= .osaka ? min(block, Ledger.Limits.transactionGasMax) : block
    }

    /// The gas that the sender has the money for at the price it names; all where it names none.
    func gasPaidFor(by request: CallRequest) -> UInt64 {
        let price = request.maxFeePerGas ?? request.gasPrice ?? .zero
        let balance = node.state(of: header).account(request.from)?.balance ?? .zero
        guard !price.isZero, balance >= request.value else { return .max }
        return ((balance - request.value) / price).asUInt64 ?? .max
    }

    func run(_ request: CallRequest, gas: UInt64) throws(InvalidTransaction) -> Outcome {
        let journal = Journal(source: node.state(of: header))
        var processor = node.simulator(on: journal, after: header)
        let nonce = journal.nonce(of: request.from)
        let result = try processor.process(
            request.simulated(gas: gas, nonce: nonce), from: request.from, gasLeft: gas)
        node.refusals.add(revertData: result.outcome.output, at: .dryRun)
        return result.outcome
    }

    func succeeds(_ request: CallRequest, gas: UInt64) -> Bool {
        guard let outcome = try? run(request, gas: gas) else { return false }
        return outcome.isSuccess
    }
}
