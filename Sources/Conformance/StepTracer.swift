internal import Codec
internal import EVM
internal import Ledger
internal import Primitives

/// Writes one JSON line an instruction and a summary (EIP-3155).
final class StepTracer: Tracer {
    private var lines: [UInt8] = []
    /// The step whose price the next one tells.
    private var pending: (json: JSONObject, gas: UInt64, depth: Int)?
    private var depth = 0

    func step(_ step: Step) {
        flush(gasNow: step.depth == pending?.depth ? step.gas : nil)
        var object = JSONObject()
        object["pc"] = .number(JSONNumber(step.programCounter))
        object["op"] = .number(JSONNumber(Int(step.opcode)))
        object["gas"] = .string(UInt256(step.gas).hexQuantity)
        object["gasCost"] = "0x0"
        object["memSize"] = .number(JSONNumber(step.memoryCount))
        object["stack"] = .array(step.stack.map { .string($0.hexQuantity) })
        object["depth"] = .number(JSONNumber(step.depth + 1))
        object["refund"] = .number(JSONNumber(step.refund))
        object["opName"] = .string(OpcodeName.of(step.opcode))
        pending = (object, step.gas, step.depth)
    }

    private func flush(gasNow: UInt64?) {
        guard var (object, gas, _) = pending else { return }
        if let gasNow, gas >= gasNow {
            object["gasCost"] = .string(UInt256(gas - gasNow).hexQuantity)
        }
        lines += JSON.object(object).serialized + [UInt8(ascii: "\n")]
        (pending, gas) = (nil, 0)
    }

    /// All lines of a transaction, its result last.
    func finish(_ result: TransactionResult) -> [UInt8] {
        flush(gasNow: nil)
        var object = JSONObject()
        object["output"] = .string(Hex.encode(result.outcome.output))
        object["gasUsed"] = .string(UInt256(result.gasUsed).hexQuantity)
        switch result.outcome.status {
        case .success: break
        case .revert: object["error"] = "execution reverted"
        case .halted(let halt): object["error"] = .string("\(halt)")
        }
        return lines + JSON.object(object).serialized + [UInt8(ascii: "\n")]
    }
}

/// Names of opcodes.
enum OpcodeName {
    static func of(_ opcode: UInt8) -> String {
        switch opcode {
        case 0x60...0x7f: "PUSH\(opcode - 0x5f)"
        case 0x80...0x8f: "DUP\(opcode - 0x7f)"
        case 0x90...0x9f: "SWAP\(opcode - 0x8f)"
        case 0xa0...0xa4: "LOG\(opcode - 0xa0)"
        default: names[opcode] ?? "opcode 0x\(Hex.encode([opcode])) not defined"
        }
    }

    private static let names: [UInt8: String] = [
        0x00: "STOP", 0x01: "ADD", 0x02: "MUL", 0x03: "SUB", 0x04: "DIV", 0x05: "SDIV",
        0x06: "MOD", 0x07: "SMOD", 0x08: "ADDMOD", 0x09: "MULMOD", 0x0a: "EXP",
        0x0b: "SIGNEXTEND", 0x10: "LT", 0x11: "GT", 0x12: "SLT", 0x13: "SGT", 0x14: "EQ",
        0x15: "ISZERO", 0x16: "AND", 0x17: "OR", 0x18: "XOR", 0x19: "NOT", 0x1a: "BYTE",
        0x1b: "SHL", 0x1c: "SHR", 0x1d: "SAR", 0x1e: "CLZ", 0x20: "KECCAK256",
        0x30: "ADDRESS", 0x31: "BALANCE", 0x32: "ORIGIN", 0x33: "CALLER", 0x34: "CALLVALUE",
        0x35: "CALLDATALOAD", 0x36: "CALLDATASIZE", 0x37: "CALLDATACOPY", 0x38: "CODESIZE",
        0x39: "CODECOPY", 0x3a: "GASPRICE", 0x3b: "EXTCODESIZE", 0x3c: "EXTCODECOPY",
        0x3d: "RETURNDATASIZE", 0x3e: "RETURNDATACOPY", 0x3f: "EXTCODEHASH", 0x40: "BLOCKHASH",
        0x41: "COINBASE", 0x42: "TIMESTAMP", 0x43: "NUMBER", 0x44: "DIFFICULTY",
        0x45: "GASLIMIT", 0x46: "CHAINID", 0x47: "SELFBALANCE", 0x48: "BASEFEE",
        0x49: "BLOBHASH", 0x4a: "BLOBBASEFEE", 0x50: "POP", 0x51: "MLOAD", 0x52: "MSTORE",
        0x53: "MSTORE8", 0x54: "SLOAD", 0x55: "SSTORE", 0x56: "JUMP", 0x57: "JUMPI",
        0x58: "PC", 0x59: "MSIZE", 0x5a: "GAS", 0x5b: "JUMPDEST", 0x5c: "TLOAD",
        0x5d: "TSTORE", 0x5e: "MCOPY", 0x5f: "PUSH0", 0xf0: "CREATE", 0xf1: "CALL",
        0xf2: "CALLCODE", 0xf3: "RETURN", 0xf4: "DELEGATECALL", 0xf5: "CREATE2",
        0xfa: "STATICCALL", 0xfd: "REVERT", 0xfe: "INVALID", 0xff: "SELFDESTRUCT",
    ]
}
