internal import Primitives

/// Changes bytecode a little: as much as leaves most of it running.
enum CodeMutation {
    static func apply(
        to code: [UInt8], donor: [UInt8], targets: [Address], _ draw: inout Draw
    ) -> [UInt8] {
        var code = aimed(code, at: targets, &draw)
        for _ in 0..<draw.below(5) where !code.isEmpty {
            let place = draw.below(code.count)
            switch draw.below(8) {
            case 0: code[place] ^= 1 << UInt8(draw.below(8))
            case 1: code[place] = UInt8(draw.below(256))
            case 2: code.insert(contentsOf: draw.bytes(1 + draw.below(3)), at: place)
            case 3: code.removeSubrange(place..<min(place + 1 + draw.below(4), code.count))
            case 4:
                let start = draw.below(donor.count)
                code.insert(contentsOf: donor[start...].prefix(1 + draw.below(40)), at: place)
            case 5:
                let start = draw.below(donor.count)
                code = Array(code[..<place] + donor[start...])
            default: editPush(&code, &draw)
            }
        }
        return Array(code.prefix(bytesMax))
    }

    /// Bytes of a mutated code: as the largest that state may hold (EIP-170).
    private static let bytesMax = 24_576

    /// Where the constants of pushes lie.
    private static func pushes(_ code: [UInt8]) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var place = 0
        while place < code.count {
            let opcode = code[place]
            place += 1
            guard (0x60...0x7f).contains(opcode) else { continue }
            let end = min(place + Int(opcode - 0x5f), code.count)
            ranges.append(place..<end)
            place = end
        }
        return ranges
    }

    /// Most addresses in foreign code lead nowhere: half of them get to lead somewhere.
    private static func aimed(
        _ code: [UInt8], at targets: [Address], _ draw: inout Draw
    ) -> [UInt8] {
        var code = code
        for range in pushes(code) where range.count == Address.byteCount && draw.isOne(in: 2) {
            code.replaceSubrange(range, with: draw.pick(targets).bytes)
        }
        return code
    }

    private static func editPush(_ code: inout [UInt8], _ draw: inout Draw) {
        let ranges = pushes(code).filter { !$0.isEmpty }
        guard !ranges.isEmpty else { return }
        let range = draw.pick(ranges)
        code.replaceSubrange(range, with: draw.word().bigEndianBytes.suffix(range.count))
    }
}
