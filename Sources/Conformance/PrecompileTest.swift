internal import Codec
internal import Crypto
internal import EVM
internal import Ledger
internal import Primitives

/// Runs published vectors of precompiles and of two-operand opcodes.
///
/// Which precompile a file is about follows from its name. Source: go-ethereum
/// `core/vm/testdata`, the assets of EIP-2537 and EIP-7951, c-kzg-4844.
public enum PrecompileTest {
    public static func run(_ bytes: [UInt8], file: String) -> [CaseResult] {
        if file.hasSuffix(".yaml") { return [KZGTest.run(bytes, file: file)] }
        guard let cases = (try? JSON(parsing: bytes, limits: FixtureLimits.json))?.array else {
            return [.broken(file, in: file, "no JSON list")]
        }
        let base = String(file.split(separator: "/").last ?? "")
        if base.hasPrefix("testcases_") {
            let name = base.dropFirst("testcases_".count).prefix { $0 != "." }
            return cases.enumerated().map { index, entry in
                OpcodeVector.run(entry, name: String(name), index: index, file: file)
            }
        }
        guard let subject = Subject(file: base, path: file) else {
            return [.broken(file, in: file, "no precompile has such a name")]
        }
        return cases.map { entry in
            do throws(FixtureError) {
                return try run(entry, subject, file: file)
            } catch {
                return .broken(entry["Name"]?.string ?? file, in: file, error.message)
            }
        }
    }

    /// A precompile under the rules that a file has in mind.
    struct Subject {
        let address: UInt64
        let revision: Revision
        /// Whether the file's gas is the final one: that of EIP-7951 was doubled later.
        let hasFinalGas: Bool

        private static let names: [(part: String, address: UInt64)] = [
            ("ecrecover", 1), ("modexp", 5), ("bn256add", 6), ("bn256scalarmul", 7),
            ("bn256pairing", 8), ("blake2f", 9), ("blsg1add", 0x0b), ("add_g1", 0x0b),
            ("blsg1mul", 0x0c), ("mul_g1", 0x0c), ("msm_g1", 0x0c), ("blsg2add", 0x0d),
            ("add_g2", 0x0d), ("blsg2mul", 0x0e), ("mul_g2", 0x0e), ("msm_g2", 0x0e),
            ("blspairing", 0x0f), ("pairing_check", 0x0f), ("blsmapg1", 0x10),
            ("map_fp_to_g1", 0x10), ("blsmapg2", 0x11), ("map_fp2_to_g2", 0x11),
            ("p256verify", 0x100),
        ]

        init?(file: String, path: String) {
            let name = file.lowercased()
            let isEIP7951 = path.contains("eip-7951")
            if isEIP7951 {
                address = 0x100
            } else if let found = Subject.names.first(where: { name.contains($0.part) }) {
                address = found.address
            } else {
                return nil
            }
            hasFinalGas = !isEIP7951
            if name.hasPrefix("modexp") || name.hasPrefix("bn256") {
                // Each file of MODEXP has the gas of one rule (EIP-198, 2565, 7883).
                revision =
                    name.contains("7883")
                    ? .osaka
                    : name.contains("2565")
                        ? .berlin
                        : name.hasPrefix("bn256") ? .istanbul : .byzantium
            } else {
                revision = .osaka
            }
        }
    }

    private static func run(
        _ entry: JSON, _ subject: Subject, file: String
    ) throws(FixtureError) -> CaseResult {
        let name = entry["Name"]?.string ?? file
        let input = try hex(entry["Input"], "Input")
        let (outcome, used) = call(subject.address, input, subject.revision)
        if let wanted = entry["ExpectedError"]?.string {
            return CaseResult(
                name: name, file: file, pass: !outcome.isSuccess,
                got: outcome.isSuccess ? "accepted" : "refused", want: wanted)
        }
        let wanted = try hex(entry["Expected"], "Expected")
        guard outcome.isSuccess, outcome.output == wanted else {
            return CaseResult(
                name: name, file: file, pass: false,
                got: outcome.isSuccess ? Hex.encode(outcome.output) : "\(outcome.status)",
                want: Hex.encode(wanted))
        }
        guard subject.hasFinalGas, let gas = entry["Gas"]?.uint64 else {
            return CaseResult(name: name, file: file, pass: true)
        }
        return CaseResult(
            name: name, file: file, pass: gas == used, got: "\(used)", want: "\(gas)",
            error: gas == used ? nil : "gas")
    }

    private static func hex(_ json: JSON?, _ name: String) throws(FixtureError) -> [UInt8] {
        guard let text = json?.string, let bytes = try? Hex.decode(text) else {
            throw FixtureError("\(name) is no hex")
        }
        return bytes
    }

    /// A call of the precompile with gas enough, and what it used.
    static func call(
        _ address: UInt64, _ input: [UInt8], _ revision: Revision
    ) -> (outcome: Outcome, gasUsed: UInt64) {
        let gas: UInt64 = 1 << 60
        var machine = PrecompileTest.machine(revision)
        let outcome = machine.execute(
            Message(
                caller: Address(truncating: 0xca11),
                recipient: Address(truncating: UInt256(address)),
                input: input, gas: gas))
        return (outcome, gas - outcome.gasLeft)
    }

    static func machine(_ revision: Revision) -> Machine {
        let journal = Journal(source: MemoryState())
        journal.beginTransaction()
        return Machine(
            revision: revision,
            block: BlockContext(
                chainID: 1, number: 1, timestamp: 1, beneficiary: .zero, gasLimit: .max),
            transaction: TransactionContext(origin: .zero), journal: journal)
    }
}

/// `{X, Y, Expected}`: the opcode on X below Y.
private enum OpcodeVector {
    private static let opcodes: [String: UInt8] = [
        "add": 0x01, "mul": 0x02, "sub": 0x03, "div": 0x04, "sdiv": 0x05, "mod": 0x06,
        "smod": 0x07, "exp": 0x0a, "signext": 0x0b, "lt": 0x10, "gt": 0x11, "slt": 0x12,
        "sgt": 0x13, "eq": 0x14, "and": 0x16, "or": 0x17, "xor": 0x18, "byte": 0x1a, "shl": 0x1b,
        "shr": 0x1c, "sar": 0x1d,
    ]

    static func run(_ entry: JSON, name: String, index: Int, file: String) -> CaseResult {
        let label = "\(name) \(index)"
        guard let opcode = opcodes[name], let x = word(entry["X"]), let y = word(entry["Y"]),
            let wanted = word(entry["Expected"])
        else { return .broken(label, in: file, "no such opcode, or no words") }
        // PUSH32 X, PUSH32 Y, the opcode, then the top of the stack is returned.
        let code = [0x7f] + x + [0x7f] + y + [opcode, 0x5f, 0x52, 0x60, 0x20, 0x5f, 0xf3]
        let state = MemoryState()
        let target = Address(truncating: 0xc0de)
        state.apply([
            AccountChange(
                address: target, account: Account(nonce: 1, codeHash: Keccak.hash(code)),
                code: code)
        ])
        let journal = Journal(source: state)
        journal.beginTransaction()
        var machine = Machine(
            revision: .osaka,
            block: BlockContext(
                chainID: 1, number: 1, timestamp: 1, beneficiary: .zero, gasLimit: .max),
            transaction: TransactionContext(origin: .zero), journal: journal)
        let outcome = machine.execute(
            Message(caller: .zero, recipient: target, input: [], gas: 1_000_000))
        return CaseResult(
            name: label, file: file, pass: outcome.output == wanted,
            got: Hex.encode(outcome.output), want: Hex.encode(wanted))
    }

    private static func word(_ json: JSON?) -> [UInt8]? {
        guard let text = json?.string, let bytes = try? Hex.decode(text), bytes.count == 32 else {
            return nil
        }
        return bytes
    }
}
