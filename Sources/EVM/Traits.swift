/// What the interpreter must know of an opcode before it runs: fixed cost and stack needs.
///
/// Offsets are in bytes of stack, so that one subtraction and one unsigned comparison check both
/// ends: `height − takes ≤ span`. An opcode that the revision lacks takes more than any stack
/// holds.
struct Traits: BitwiseCopyable, Equatable {
    let gas: UInt16
    let takes: UInt16
    let span: UInt16
    let isDefined: Bool

    static let undefined = Traits(gas: 0, takes: .max, span: 0, isDefined: false)

    private init(gas: UInt16, takes: UInt16, span: UInt16, isDefined: Bool) {
        self.gas = gas
        self.takes = takes
        self.span = span
        self.isDefined = isDefined
    }

    /// An opcode that needs `takes` words on the stack and leaves `gives` in their place.
    init(gas: Int, takes: Int, gives: Int) {
        let heightMax = Limits.stackWords - max(gives - takes, 0)
        self.init(
            gas: UInt16(gas), takes: UInt16(takes * 32), span: UInt16((heightMax - takes) * 32),
            isDefined: true)
    }

    /// The opcode's facts under a revision's rules.
    init(_ opcode: UInt8, _ revision: Revision) {
        guard let fact = OpcodeFact(opcode), revision >= fact.since else {
            self = .undefined
            return
        }
        self.init(
            gas: OpcodeFact.repriced(opcode, revision) ?? fact.gas, takes: fact.takes,
            gives: fact.gives)
    }
}

/// The traits of all 256 opcodes, one table a revision, made once.
@safe
struct TraitsTable: @unchecked Sendable {
    let start: UnsafePointer<Traits>

    private init(_ revision: Revision) {
        // Lives as long as the process: there is one a revision.
        let memory = UnsafeMutablePointer<Traits>.allocate(capacity: 256)
        for opcode in 0..<256 {
            unsafe (memory + opcode).initialize(to: Traits(UInt8(opcode), revision))
        }
        unsafe start = UnsafePointer(memory)
    }

    private static let all = Revision.allCases.map { TraitsTable($0) }

    static func of(_ revision: Revision) -> TraitsTable { all[Int(revision.rawValue)] }
}

/// Cost and stack effect as first defined.
struct OpcodeFact {
    let gas: Int
    let takes: Int
    let gives: Int
    let since: Revision

    private init(_ gas: Int, _ takes: Int, _ gives: Int, _ since: Revision = .frontier) {
        self.gas = gas
        self.takes = takes
        self.gives = gives
        self.since = since
    }

    init?(_ opcode: UInt8) {
        switch opcode {
        case 0x00...0x0b, 0x10...0x1e, 0x20: self.init(arithmetic: opcode)
        case 0x30...0x4a: self.init(environment: opcode)
        case 0x50...0x5f: self.init(memory: opcode)
        case 0x60...0x7f: self.init(3, 0, 1)
        case 0x80...0x8f: self.init(3, Int(opcode) - 0x7f, Int(opcode) - 0x7e)
        case 0x90...0x9f: self.init(3, Int(opcode) - 0x8e, Int(opcode) - 0x8e)
        case 0xa0...0xa4: self.init(375 * (Int(opcode) - 0x9f), Int(opcode) - 0x9e, 0)
        case 0xf0...0xff: self.init(system: opcode)
        default: return nil
        }
    }

    private init?(arithmetic opcode: UInt8) {
        switch opcode {
        case 0x00: self.init(0, 0, 0)  // STOP
        case 0x01, 0x03: self.init(3, 2, 1)  // ADD SUB
        case 0x02, 0x04...0x07: self.init(5, 2, 1)  // MUL DIV SDIV MOD SMOD
        case 0x08, 0x09: self.init(8, 3, 1)  // ADDMOD MULMOD
        case 0x0a: self.init(10, 2, 1)  // EXP
        case 0x0b: self.init(5, 2, 1)  // SIGNEXTEND
        case 0x10...0x14: self.init(3, 2, 1)  // LT GT SLT SGT EQ
        case 0x15, 0x19: self.init(3, 1, 1)  // ISZERO NOT
        case 0x16...0x18, 0x1a: self.init(3, 2, 1)  // AND OR XOR BYTE
        case 0x1b...0x1d: self.init(3, 2, 1, .constantinople)  // SHL SHR SAR
        case 0x1e: self.init(5, 1, 1, .osaka)  // CLZ
        case 0x20: self.init(30, 2, 1)  // KECCAK256
        default: return nil
        }
    }

    private init?(environment opcode: UInt8) {
        switch opcode {
        case 0x30, 0x32...0x34, 0x36, 0x38, 0x3a: self.init(2, 0, 1)
        case 0x31: self.init(20, 1, 1)  // BALANCE
        case 0x35: self.init(3, 1, 1)  // CALLDATALOAD
        case 0x37, 0x39: self.init(3, 3, 0)  // CALLDATACOPY CODECOPY
        case 0x3b: self.init(20, 1, 1)  // EXTCODESIZE
        case 0x3c: self.init(20, 4, 0)  // EXTCODECOPY
        case 0x3d: self.init(2, 0, 1, .byzantium)  // RETURNDATASIZE
        case 0x3e: self.init(3, 3, 0, .byzantium)  // RETURNDATACOPY
        case 0x3f: self.init(400, 1, 1, .constantinople)  // EXTCODEHASH
        case 0x40: self.init(20, 1, 1)  // BLOCKHASH
        case 0x41...0x45: self.init(2, 0, 1)
        case 0x46: self.init(2, 0, 1, .istanbul)  // CHAINID
        case 0x47: self.init(5, 0, 1, .istanbul)  // SELFBALANCE
        case 0x48: self.init(2, 0, 1, .london)  // BASEFEE
        case 0x49: self.init(3, 1, 1, .cancun)  // BLOBHASH
        case 0x4a: self.init(2, 0, 1, .cancun)  // BLOBBASEFEE
        default: return nil
        }
    }

    private init?(memory opcode: UInt8) {
        switch opcode {
        case 0x50: self.init(2, 1, 0)  // POP
        case 0x51: self.init(3, 1, 1)  // MLOAD
        case 0x52, 0x53: self.init(3, 2, 0)  // MSTORE MSTORE8
        case 0x54: self.init(50, 1, 1)  // SLOAD
        case 0x55: self.init(0, 2, 0)  // SSTORE
        case 0x56: self.init(8, 1, 0)  // JUMP
        case 0x57: self.init(10, 2, 0)  // JUMPI
        case 0x58...0x5a: self.init(2, 0, 1)  // PC MSIZE GAS
        case 0x5b: self.init(1, 0, 0)  // JUMPDEST
        case 0x5c: self.init(100, 1, 1, .cancun)  // TLOAD
        case 0x5d: self.init(100, 2, 0, .cancun)  // TSTORE
        case 0x5e: self.init(3, 3, 0, .cancun)  // MCOPY
        case 0x5f: self.init(2, 0, 1, .shanghai)  // PUSH0
        default: return nil
        }
    }

    private init?(system opcode: UInt8) {
        switch opcode {
        case 0xf0: self.init(32_000, 3, 1)  // CREATE
        case 0xf1, 0xf2: self.init(40, 7, 1)  // CALL CALLCODE
        case 0xf3: self.init(0, 2, 0)  // RETURN
        case 0xf4: self.init(40, 6, 1, .homestead)  // DELEGATECALL
        case 0xf5: self.init(32_000, 4, 1, .constantinople)  // CREATE2
        case 0xfa: self.init(40, 6, 1, .byzantium)  // STATICCALL
        case 0xfd: self.init(0, 2, 0, .byzantium)  // REVERT
        case 0xff: self.init(0, 1, 0)  // SELFDESTRUCT
        default: return nil
        }
    }

    /// The fixed cost where a later revision changed it. From Berlin on, the warm price stands
    /// here and the instruction adds the rest of the cold one (EIP-2929).
    static func repriced(_ opcode: UInt8, _ revision: Revision) -> Int? {
        let isWarmPriced = revision >= .berlin
        let isTangerine = revision >= .tangerineWhistle
        return switch opcode {
        case 0x31:
            isWarmPriced ? 100 : revision >= .istanbul ? 700 : isTangerine ? 400 : nil
        case 0x3b, 0x3c, 0xf1, 0xf2, 0xf4, 0xfa:
            isWarmPriced ? 100 : isTangerine ? 700 : nil
        case 0x3f: isWarmPriced ? 100 : revision >= .istanbul ? 700 : nil
        case 0x54:
            isWarmPriced ? 100 : revision >= .istanbul ? 800 : isTangerine ? 200 : nil
        case 0xff: isTangerine ? 5_000 : nil
        default: nil
        }
    }
}
