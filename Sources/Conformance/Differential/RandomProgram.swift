internal import Primitives

/// Makes bytecode that does something: mostly valid, with operands that lie near edges.
///
/// A uniform stream of bytes ends within a few instructions. Here each instruction finds its
/// operands on the stack nearly always, jumps hit destinations, calls hit accounts that exist.
struct RandomProgram {
    private var draw: Draw
    private let rules: DifferentialCase.Rules
    private let targets: [Address]
    private var code: [UInt8] = []
    private var height = 0

    private init(_ draw: Draw, _ rules: DifferentialCase.Rules, _ targets: [Address]) {
        self.draw = draw
        self.rules = rules
        self.targets = targets
    }

    /// The code of a number of steps, most of them one to six instructions.
    static func make(
        _ draw: inout Draw, rules: DifferentialCase.Rules, targets: [Address], steps: Int
    ) -> [UInt8] {
        var program = RandomProgram(draw, rules, targets)
        for _ in 0..<steps { program.step() }
        program.finish()
        draw = program.draw
        return program.code
    }

    private mutating func below(_ bound: Int) -> Int { draw.below(bound) }

    // MARK: Operands

    private mutating func push(_ bytes: [UInt8]) {
        let trimmed = bytes.isEmpty ? [0] : Array(bytes.suffix(32))
        code.append(0x5f + UInt8(trimmed.count))
        code += trimmed
        height += 1
    }

    private mutating func push(_ number: Int) {
        if number == 0, below(2) == 0 {
            code.append(0x5f)
            height += 1
        } else {
            push(UInt256(number).minimalBytes)
        }
    }

    /// A word near an edge, or any.
    private mutating func pushWord() {
        switch below(10) {
        case 0: push(0)
        case 1: push(1)
        case 2: push([UInt8](repeating: 0xff, count: 1 + below(32)))
        case 3: push([0x80] + [UInt8](repeating: 0, count: below(32)))
        case 4: push([0x7f] + [UInt8](repeating: 0xff, count: below(32)))
        case 5: push(below(300))
        case 6: push(1 << below(40))
        default: push(draw.bytes(1 + below(32)))
        }
    }

    /// A place in memory: mostly small, sometimes dear, seldom out of reach.
    private mutating func pushOffset() {
        switch below(300) {
        case 0...3: push(below(1 << 18))
        case 4: push(draw.bytes(8))
        case 5: pushWord()
        default: push(below(200))
        }
    }

    private mutating func pushAddress() {
        switch below(8) {
        case 0: push(1 + below(18))
        case 1: push(draw.bytes(20))
        case 2: push([0x01, 0x00])
        default: push(targets[below(targets.count)].bytes)
        }
    }

    private mutating func need(_ count: Int) {
        while height < count { pushWord() }
    }

    private mutating func emit(_ opcode: UInt8, takes: Int, gives: Int) {
        code.append(opcode)
        height += gives - takes
    }

    // MARK: Instructions

    private mutating func step() {
        switch below(24) {
        case 0..<6: arithmetic()
        case 6..<9: pushWord()
        case 9..<11: shuffle()
        case 11..<14: memory()
        case 14..<16: storage()
        case 16..<18: environment()
        case 18: jump()
        case 19..<21: call()
        case 21: log()
        case 22: if below(3) == 0 { precompile() } else { create() }
        default: rare()
        }
    }

    private mutating func arithmetic() {
        let one: [UInt8] = rules == .osaka ? [0x15, 0x19, 0x1e] : [0x15, 0x19]
        let three: [UInt8] = [0x08, 0x09]
        let two: [UInt8] = [
            0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x0a, 0x0b, 0x10, 0x11, 0x12, 0x13, 0x14,
            0x16, 0x17, 0x18, 0x1a, 0x1b, 0x1c, 0x1d,
        ]
        switch below(8) {
        case 0:
            need(1)
            emit(one[below(one.count)], takes: 1, gives: 1)
        case 1:
            need(3)
            emit(three[below(three.count)], takes: 3, gives: 1)
        default:
            if below(2) == 0 { pushWord() }
            need(2)
            emit(two[below(two.count)], takes: 2, gives: 1)
        }
    }

    private mutating func shuffle() {
        let depth = below(16)
        if below(2) == 0 {
            need(depth + 1)
            emit(0x80 + UInt8(depth), takes: 0, gives: 1)
        } else {
            need(depth + 2)
            emit(0x90 + UInt8(depth), takes: 0, gives: 0)
        }
    }

    private mutating func memory() {
        switch below(9) {
        case 0, 1:
            pushWord()
            pushOffset()
            emit(0x52, takes: 2, gives: 0)
        case 2:
            pushWord()
            pushOffset()
            emit(0x53, takes: 2, gives: 0)
        case 3:
            pushOffset()
            emit(0x51, takes: 1, gives: 1)
        case 4:
            push(below(100))
            pushOffset()
            emit(0x20, takes: 2, gives: 1)
        case 5:
            copy(below(12) == 0 ? 0x3e : [0x37, 0x39, 0x5e][below(3)])
        case 6:
            push(below(100))
            pushOffset()
            pushOffset()
            pushAddress()
            emit(0x3c, takes: 4, gives: 0)
        case 7: emit(0x59, takes: 0, gives: 1)
        default:
            pushOffset()
            emit(0x35, takes: 1, gives: 1)
        }
    }

    private mutating func copy(_ opcode: UInt8) {
        push(below(opcode == 0x3e ? 4 : 100))
        if opcode == 0x3e { push(below(3)) } else { pushOffset() }
        pushOffset()
        emit(opcode, takes: 3, gives: 0)
    }

    private mutating func storage() {
        let isTransient = below(4) == 0
        if below(2) == 0 {
            push(below(4))
            emit(isTransient ? 0x5c : 0x54, takes: 1, gives: 1)
        } else {
            if below(3) == 0 { push(below(2)) } else { pushWord() }
            push(below(4))
            emit(isTransient ? 0x5d : 0x55, takes: 2, gives: 0)
        }
    }

    private mutating func environment() {
        let plain: [UInt8] = [
            0x30, 0x32, 0x33, 0x34, 0x36, 0x38, 0x3a, 0x3d, 0x41, 0x42, 0x43, 0x44, 0x46, 0x47,
            0x48, 0x4a, 0x58, 0x5a,
        ]
        switch below(6) {
        case 0:
            pushAddress()
            emit([0x31, 0x3b, 0x3f][below(3)], takes: 1, gives: 1)
        case 1:
            push(below(4))
            emit(0x49, takes: 1, gives: 1)
        default: emit(plain[below(plain.count)], takes: 0, gives: 1)
        }
    }

    /// Forward over a few bytes, taken or not; the bytes between are data or code.
    private mutating func jump() {
        let skipped = draw.bytes(below(6)).map { $0 == 0x5b ? 0 : $0 }
        let isConditional = below(2) == 0
        if isConditional { push(below(2)) }
        // PUSH2 destination, the jump, what it skips, the destination.
        let destination = code.count + 4 + skipped.count
        code += [0x61, UInt8(destination >> 8 & 255), UInt8(destination & 255)]
        code.append(isConditional ? 0x57 : 0x56)
        if isConditional {
            height -= 1
            code += skipped.map { _ in 0x5b }
        } else {
            code += skipped
        }
        code.append(0x5b)
        if below(200) == 0 {
            pushWord()
            emit(0x56, takes: 1, gives: 0)
        }
    }

    private mutating func call() {
        let kind: UInt8 = [0xf1, 0xf1, 0xf2, 0xf4, 0xfa][below(5)]
        if below(3) > 0 {
            pushWord()
            push(below(64))
            emit(0x52, takes: 2, gives: 0)
        }
        push(below(70))
        push(below(64))
        push(below(200))
        push(below(64))
        var takes = 6
        if kind == 0xf1 || kind == 0xf2 {
            push(below(4) == 0 ? below(1000) : 0)
            takes = 7
        }
        pushAddress()
        if below(4) == 0 { emit(0x5a, takes: 0, gives: 1) } else { push(below(60_000)) }
        emit(kind, takes: takes, gives: 1)
    }

    /// Calls a precompile with as much input as it takes: small numbers, zeros, or noise.
    private mutating func precompile() {
        // Zeros are the point at infinity of every curve, and lengths of nothing.
        let sizes: [(address: Int, bytes: Int)] = [
            (1, 128), (2, 50), (3, 50), (4, 50), (5, 100), (6, 128), (7, 96), (8, 192), (9, 213),
            (10, 192), (11, 256), (12, 160), (13, 512), (14, 288), (15, 384), (16, 64), (17, 128),
            (0x100, 160),
        ]
        var (address, bytes) = sizes[below(sizes.count)]
        if below(8) == 0 { bytes += 1 + below(40) }
        for _ in 0..<below(4) {
            if below(3) == 0 { pushWord() } else { push(below(4)) }
            push(32 * below(max(1, bytes / 32)))
            emit(0x52, takes: 2, gives: 0)
        }
        if address == 9 {
            // The flag of the last block; rounds stay few.
            push(below(2))
            push(212)
            emit(0x53, takes: 2, gives: 0)
            push(0)
            push(0)
            emit(0x53, takes: 2, gives: 0)
        }
        if below(20) == 0 { address = below(20) }
        push(64)
        push(256)
        push(bytes)
        push(0)
        push(address)
        push(below(4) == 0 ? below(5000) : 150_000)
        emit(0xfa, takes: 6, gives: 1)
    }

    private mutating func log() {
        let topics = below(5)
        for _ in 0..<topics { pushWord() }
        push(below(80))
        pushOffset()
        emit(0xa0 + UInt8(topics), takes: topics + 2, gives: 0)
    }

    /// Creates a contract out of a few random bytes of initialisation code.
    private mutating func create() {
        let tails: [[UInt8]] = [
            [0x60, 0x00, 0x60, 0x00, 0xf3], [0x60, 0x08, 0x60, 0x00, 0xf3],
            [0x60, 0x01, 0x60, 0x00, 0xfd],
            [0x33, 0xff], [0xfe], [0x60, 0x01, 0x60, 0x02, 0x55, 0x60, 0x20, 0x60, 0x00, 0xf3],
            [0x60, 0xef, 0x60, 0x00, 0x53, 0x60, 0x01, 0x60, 0x00, 0xf3],
        ]
        let initcode = tails[below(tails.count)]
        push(initcode + [UInt8](repeating: 0, count: 32 - initcode.count))
        push(0)
        emit(0x52, takes: 2, gives: 0)
        let isSalted = below(2) == 0
        if isSalted { push(below(3)) }
        push(below(3) == 0 ? below(64) : initcode.count)
        push(0)
        push(below(4) == 0 ? below(200) : 0)
        emit(isSalted ? 0xf5 : 0xf0, takes: isSalted ? 4 : 3, gives: 1)
    }

    private mutating func rare() {
        switch below(12) {
        case 0:
            pushAddress()
            emit(0xff, takes: 1, gives: 0)
        case 1 where below(6) == 0: code.append(UInt8(truncatingIfNeeded: draw.random.next()))
        case 2 where below(6) == 0: emit(0xfe, takes: 0, gives: 0)
        case 3:
            push(below(1200))
            emit(0x40, takes: 1, gives: 1)
        case 4, 5:
            need(1)
            emit(0x50, takes: 1, gives: 0)
        case 6 where below(4) == 0:
            push(below(64))
            pushOffset()
            emit(0xfd, takes: 2, gives: 0)
        default: emit(0x5b, takes: 0, gives: 0)
        }
    }

    private mutating func finish() {
        switch below(4) {
        case 0: code.append(0x00)
        case 1:
            push(below(100))
            push(below(64))
            code.append(0xfd)
        default:
            push(below(100))
            push(below(64))
            code.append(0xf3)
        }
    }
}
