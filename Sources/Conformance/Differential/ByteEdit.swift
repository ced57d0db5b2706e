/// A change of one byte of an encoding.
struct ByteEdit: Sendable, Equatable {
    enum Change: Sendable, Equatable {
        case replace(UInt8)
        case insert(UInt8)
        case remove
    }

    /// Counted modulo the number of bytes.
    var place: Int
    var change: Change

    init(_ draw: inout Draw) {
        place = draw.isOne(in: 3) ? draw.below(8) : draw.below(1 << 20)
        switch draw.below(6) {
        case 0: change = .insert(UInt8(draw.below(256)))
        case 1: change = .remove
        default: change = .replace(UInt8(draw.below(256)))
        }
    }

    func apply(to bytes: inout [UInt8]) {
        // Nothing is left of the last byte to change.
        guard bytes.count > 1 else { return }
        let index = place % bytes.count
        switch change {
        case .replace(let byte): bytes[index] = byte
        case .insert(let byte): bytes.insert(byte, at: index)
        case .remove: bytes.remove(at: index)
        }
    }
}
