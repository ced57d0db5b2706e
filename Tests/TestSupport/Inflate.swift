/// Decompresses DEFLATE, for test archives only.
///
/// Source: RFC 1951. Nil for data that is not well formed.
public struct Inflate {
    private let bytes: ArraySlice<UInt8>
    private var position: Int
    private var bits: UInt32 = 0
    private var bitCount = 0
    private var output: [UInt8] = []

    public static func decompress(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
        var inflate = Inflate(bytes)
        return inflate.run()
    }

    private init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    private mutating func run() -> [UInt8]? {
        while true {
            guard let last = take(1), let kind = take(2) else { return nil }
            switch kind {
            case 0: guard copyStored() else { return nil }
            case 1:
                guard inflateBlock(Inflate.fixedLiterals, Inflate.fixedDistances) else {
                    return nil
                }
            case 2:
                guard let (literals, distances) = readTables(),
                    inflateBlock(literals, distances)
                else { return nil }
            default: return nil
            }
            if last == 1 { return output }
        }
    }

    private mutating func take(_ count: Int) -> Int? {
        while bitCount < count {
            guard position < bytes.endIndex else { return nil }
            bits |= UInt32(bytes[position]) << UInt32(bitCount)
            position += 1
            bitCount += 8
        }
        let value = bits & (1 << UInt32(count) - 1)
        bits >>= UInt32(count)
        bitCount -= count
        return Int(value)
    }

    private mutating func copyStored() -> Bool {
        bits = 0
        bitCount = 0
        guard bytes.endIndex - position >= 4 else { return false }
        let count = Int(bytes[position]) | Int(bytes[position + 1]) << 8
        position += 4
        guard bytes.endIndex - position >= count else { return false }
        output += bytes[position..<position + count]
        position += count
        return true
    }

    /// A canonical Huffman code: how many codes of each length, and the symbols in order.
    private struct Table {
        var counts = [Int](repeating: 0, count: 16)
        var symbols: [Int] = []

        init(_ lengths: [Int]) {
            for length in lengths where length > 0 { counts[length] += 1 }
            for length in 1..<16 {
                symbols += lengths.indices.filter { lengths[$0] == length }
            }
        }
    }

    private static let fixedLiterals = Table(
        (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 })
    private static let fixedDistances = Table([Int](repeating: 5, count: 30))
    private static let lengthBases = [
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115,
        131, 163, 195, 227, 258,
    ]
    private static let distanceBases = [
        1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537,
        2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577,
    ]

    private mutating func symbol(_ table: Table) -> Int? {
        var code = 0
        var first = 0
        var index = 0
        for length in 1..<16 {
            guard let bit = take(1) else { return nil }
            code |= bit
            let count = table.counts[length]
            if code - first < count { return table.symbols[index + code - first] }
            index += count
            first = (first + count) << 1
            code <<= 1
        }
        return nil
    }

    private mutating func readTables() -> (Table, Table)? {
        guard let literals = take(5), let distances = take(5), let codes = take(4) else {
            return nil
        }
        let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
        var lengths = [Int](repeating: 0, count: 19)
        for index in 0..<codes + 4 {
            guard let length = take(3) else { return nil }
            lengths[order[index]] = length
        }
        let table = Table(lengths)
        var all: [Int] = []
        while all.count < literals + 257 + distances + 1 {
            guard let symbol = symbol(table) else { return nil }
            switch symbol {
            case 0..<16: all.append(symbol)
            case 16:
                guard let last = all.last, let extra = take(2) else { return nil }
                all += [Int](repeating: last, count: extra + 3)
            case 17:
                guard let extra = take(3) else { return nil }
                all += [Int](repeating: 0, count: extra + 3)
            default:
                guard let extra = take(7) else { return nil }
                all += [Int](repeating: 0, count: extra + 11)
            }
        }
        return (
            Table(Array(all[..<(literals + 257)])), Table(Array(all[(literals + 257)...]))
        )
    }

    private mutating func inflateBlock(_ literals: Table, _ distances: Table) -> Bool {
        while true {
            guard let symbol = symbol(literals) else { return false }
            if symbol == 256 { return true }
            if symbol < 256 {
                output.append(UInt8(symbol))
                continue
            }
            let index = symbol - 257
            guard index < 29 else { return false }
            let lengthBits = index < 8 || index == 28 ? 0 : index / 4 - 1
            guard let lengthExtra = take(lengthBits), let code = self.symbol(distances), code < 30,
                let distanceExtra = take(code < 4 ? 0 : code / 2 - 1)
            else { return false }
            let distance = Inflate.distanceBases[code] + distanceExtra
            guard distance <= output.count else { return false }
            for _ in 0..<Inflate.lengthBases[index] + lengthExtra {
                output.append(output[output.count - distance])
            }
        }
    }
}
