import Testing

@testable import Proofs

@Suite struct FieldBufferTests {
    @Test func keepsElements() {
        var source = FieldSource(seed: 40)
        for count in [0, 1, 15, 16, 17, 96, 100] {
            let bases = source.bases(count)
            let elements = source.elements(count)
            #expect(FieldBuffer(bases).elements == bases)
            #expect(ExtensionBuffer(elements).elements == elements)
            #expect(FieldBuffer(count: count).elements.allSatisfy { $0 == .zero })
            #expect(ExtensionBuffer(count: count).elements.allSatisfy { $0 == .zero })
        }
    }

    /// Kernels count on zeros behind the last element.
    @Test func endsInZeros() {
        for count in [0, 1, 15, 16, 17, 33] {
            let bases = [FieldBuffer(count: count), FieldBuffer(unwritten: count)]
            for buffer in bases {
                for index in 0..<count { buffer[index] = .one }
                for index in count..<(count + 15) / 16 * 16 + 128 {
                    #expect(unsafe buffer.words[index] == 0)
                }
            }
            let buffer = ExtensionBuffer(unwritten: count)
            for index in 0..<count { buffer[index] = .one }
            for index in count..<(count + 15) / 16 * 16 {
                for limb in 0..<6 {
                    let word = index / 16 * 96 + limb * 16 + index % 16
                    #expect(unsafe buffer.words[word] == 0)
                }
            }
            for index in 0..<128 {
                #expect(unsafe buffer.words[(count + 15) / 16 * 96 + index] == 0)
            }
        }
    }

    @Test func laysBlocksOut() {
        let buffer = ExtensionBuffer(count: 40)
        buffer[37] = Extension(limbs: (1...6).map { BabyBear(UInt32($0)) })
        for limb in 0..<6 {
            let word = unsafe buffer.words[37 / 16 * 96 + limb * 16 + 37 % 16]
            #expect(word == BabyBear(UInt32(limb + 1)).montgomery)
        }
        #expect(unsafe UInt(bitPattern: buffer.words) % 64 == 0)
        #expect(unsafe UInt(bitPattern: FieldBuffer(count: 1).words) % 64 == 0)
    }

    @Test func clearsBlocks() {
        var source = FieldSource(seed: 42)
        for count in [1, 16, 40, 64] {
            let elements = source.elements(count)
            let buffer = ExtensionBuffer(elements)
            let last = (count + 15) / 16
            buffer.clear(blocks: last - 1..<last)
            let left = 16 * (last - 1)
            #expect(buffer.elements[..<left] == elements[..<left])
            #expect(buffer.elements[left...].allSatisfy { $0 == .zero } && buffer.endsInZeros)
            if count % 16 == 0 {
                #expect(buffer.isZero(blocks: last - 1..<last))
                buffer[count - 1] = Extension(limbs: (0..<6).map { $0 < 5 ? .zero : .one })
                #expect(!buffer.isZero(blocks: last - 1..<last))
            }
        }
        let words = FieldBuffer(count: 40)
        words[20] = .one
        #expect(words.isZero(0..<20) && words.isZero(21..<40) && !words.isZero(0..<21))
    }

    @Test func gathersAndScatters() {
        var source = FieldSource(seed: 43)
        let table = source.elements(40)
        let positions: [Int32] = [39, -1, 0, 0, 17, 16, -7, 15, 39]
        let gathered = ExtensionBuffer(table).gathered(at: positions)
        #expect(gathered.elements == positions.map { $0 < 0 ? .zero : table[Int($0)] })
        let parts = ExtensionBuffer(table).gathered(at: positions, shift: 2, mask: 7)
        #expect(parts.elements == positions.map { $0 < 0 ? .zero : table[Int($0) >> 2 & 7] })
        let numbers = source.elements(positions.count + 2)
        let sums = ExtensionBuffer(table)
        sums.scatter(ExtensionBuffer(numbers), at: positions)
        var wanted = table
        for (number, position) in zip(numbers, positions) where position >= 0 {
            wanted[Int(position)] += number
        }
        #expect(sums.elements == wanted && gathered.endsInZeros && sums.endsInZeros)
    }

    @Test func keepsPositionsInside() async {
        await #expect(processExitsWith: .failure) {
            _ = ExtensionBuffer(count: 16).gathered(at: [16])
        }
        await #expect(processExitsWith: .failure) {
            ExtensionBuffer(count: 16).scatter(ExtensionBuffer(count: 1), at: [16])
        }
    }

    @Test func copiesRanges() {
        var source = FieldSource(seed: 41)
        let from = FieldBuffer(source.bases(20))
        let to = FieldBuffer(count: 10)
        to.copy(from, 5..<9, at: 3)
        #expect(to.elements[3..<7] == from.elements[5..<9])
        #expect(to[2] == .zero && to[7] == .zero)
    }

    @Test func guardsItsBounds() async {
        await #expect(processExitsWith: .failure) { _ = FieldBuffer(count: 16)[16] }
        await #expect(processExitsWith: .failure) { _ = ExtensionBuffer(count: 3)[-1] }
        await #expect(processExitsWith: .failure) {
            FieldBuffer(count: 4).copy(FieldBuffer(count: 4), 0..<3, at: 2)
        }
        await #expect(processExitsWith: .failure) {
            _ = ExtensionBuffer(count: 4).dot(from: 1, ExtensionBuffer(count: 9), count: 4)
        }
    }
}
