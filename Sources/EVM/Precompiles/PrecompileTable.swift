public import Primitives

/// What runs instead of code at an address.
enum Precompile {
    case standard(StandardPrecompile)
    case native(NativePrecompile)
}

/// The precompiles of a revision and the native ones that a ledger adds.
public struct PrecompileTable: Sendable {
    let revision: Revision
    /// Sorted by address.
    private let natives: [NativePrecompile]
    /// One bit for each value that an address of `natives` has in its last six bits: most calls
    /// are told apart from natives by one test.
    private let filter: UInt64

    /// Native addresses differ from each other and from every standard one.
    public init(_ revision: Revision, natives: [NativePrecompile] = []) {
        self.revision = revision
        self.natives = natives.sorted { $0.address < $1.address }
        var filter: UInt64 = 0
        for native in natives { filter |= 1 << (native.address.word.limb0 & 63) }
        self.filter = filter
        for native in natives {
            precondition(
                StandardPrecompile(native.address) == nil, "the address is a standard precompile's")
            precondition(
                natives.count { $0.address == native.address } == 1,
                "two native precompiles share an address")
        }
    }

    /// All addresses, ascending: they are warm from the start (EIP-2929).
    public var addresses: [Address] {
        let standard = StandardPrecompile.allCases.filter { $0.since <= revision }.map(\.address)
        return (standard + natives.map(\.address)).sorted()
    }

    public func contains(_ address: Address) -> Bool { find(address) != nil }

    @inline(__always)
    func find(_ address: Address) -> Precompile? {
        let word = address.word
        if word.isBelow(0x101) { return findLow(address) }
        if filter >> (word.limb0 & 63) & 1 == 0 { return nil }
        return findNative(address)
    }

    /// Among the first addresses there are natives too.
    @inline(never)
    private func findLow(_ address: Address) -> Precompile? {
        guard let standard = StandardPrecompile(address) else { return findNative(address) }
        return standard.since <= revision ? .standard(standard) : nil
    }

    @inline(never)
    private func findNative(_ address: Address) -> Precompile? {
        natives.first { $0.address == address }.map { .native($0) }
    }
}

extension Engine {
    /// Runs a precompile as the whole of a call; the answer is in place when this returns.
    @inline(never)
    func run(
        _ precompile: Precompile, at address: Address, _ start: Start, _ mark: Int
    ) -> Outcome {
        let input = unsafe Array(
            UnsafeRawBufferPointer(start: memory + start.inputStart, count: start.inputCount))
        let outcome =
            switch precompile {
            case .standard(let standard): run(standard, input, gas: UInt64(start.gas))
            case .native(let native): run(native, input, start)
            }
        if outcome.status != .success { journal.revert(to: mark) }
        setAnswer(outcome.output)
        return outcome
    }

    private func run(
        _ standard: StandardPrecompile, _ input: [UInt8], gas: UInt64
    ) -> Outcome {
        do throws(Halt) {
            let cost = standard.cost(input, revision)
            guard cost <= gas else { throw .outOfGas }
            let output = try standard.run(input, revision)
            return Outcome(status: .success, output: output, gasLeft: gas - cost)
        } catch {
            return Outcome(status: .halted(error))
        }
    }

    /// Natives keep state of their own, so they cannot run in another account's name.
    private func run(_ native: NativePrecompile, _ input: [UInt8], _ start: Start) -> Outcome {
        switch start.kind {
        case .delegateCall, .callCode:
            return Outcome(status: .revert, gasLeft: UInt64(start.gas))
        case .call, .staticCall, .create, .create2: break
        }
        guard nativeDepth < Limits.nativeDepth else {
            return Outcome(status: .halted(.callTooDeep))
        }
        nativeDepth += 1
        defer { nativeDepth -= 1 }
        var call = NativeCall(
            engine: self, input: input, caller: start.caller, address: native.address,
            value: start.value, isStatic: start.isStatic, depth: start.depth,
            gas: UInt64(start.gas))
        do throws(NativeFailure) {
            let output = try native.run(&call)
            return Outcome(status: .success, output: output, gasLeft: call.gasLeft)
        } catch {
            switch error {
            case .revert(let reason):
                return Outcome(status: .revert, output: reason, gasLeft: call.gasLeft)
            case .halt(let halt): return Outcome(status: .halted(halt))
            case .missing(let hash):
                missing = missing ?? hash
                return Outcome(status: .halted(.precompileFailed))
            }
        }
    }
}
