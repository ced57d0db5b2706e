import Inference
import Testing

@testable import Proofs

/// The levels of this machine beside the plain Swift that defines them.
let kernelLevels = KernelLevel.allCases.filter { $0.isAvailable && $0 != .swift }

/// Sizes around whole vectors and blocks of every level.
let kernelSizes = [0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 23, 31, 32, 33, 47, 64, 100, 257, 520]

extension ExtensionBuffer {
    /// Whether zeros fill up the last block and follow it, which kernels count on.
    var endsInZeros: Bool {
        let blocks = (count + 15) / 16
        let isPadded = (count..<16 * blocks).allSatisfy { index in
            (0..<6).allSatisfy { unsafe words[index / 16 * 96 + 16 * $0 + index % 16] == 0 }
        }
        return isPadded && (0..<128).allSatisfy { unsafe words[96 * blocks + $0] == 0 }
    }
}

/// Kernels against the Swift twin: equal elements for odd sizes, offsets and extremes.
@Suite struct FieldKernelTests {
    @Test(arguments: kernelLevels)
    func convertsIntegers(_ level: KernelLevel) {
        let wide: [Int32] = [
            0, 1, -1, .max, .min, 0x7800_0001, -0x7800_0001, 0x7800_0000, -0x7800_0000, 31,
        ]
        for count in kernelSizes {
            let values = (0..<count).map { wide[($0 &* 7) % wide.count] &+ Int32($0 / 10) }
            let buffer = FieldBuffer(count: count + 3)
            buffer.write(signed: values, at: 3, level: level)
            for (index, value) in values.enumerated() {
                #expect(buffer[index + 3] == BabyBear(signed: Int64(value)))
            }
            let narrow = values.map { Int8(truncatingIfNeeded: $0) }
            #expect(
                FieldBuffer(signed: narrow).elements == narrow.map { BabyBear(signed: Int64($0)) })
            let short = values.map { Int16(truncatingIfNeeded: $0) }
            #expect(
                FieldBuffer(signed: short).elements == short.map { BabyBear(signed: Int64($0)) })
            var bytes: [UInt8] = []
            var twin: [UInt8] = []
            buffer.appendCanonicalBytes(1..<count + 3, to: &bytes, level: level)
            buffer.appendCanonicalBytes(1..<count + 3, to: &twin, level: .swift)
            #expect(bytes == twin)
            #expect(
                FieldBuffer(canonicalBytes: bytes[...])?.elements
                    == Array(buffer.elements.dropFirst()))
        }
    }

    @Test(arguments: kernelLevels)
    func writesCanonicalElements(_ level: KernelLevel) {
        var source = FieldSource(seed: 10)
        for count in kernelSizes {
            let buffer = ExtensionBuffer(source.elements(count + 2))
            var bytes: [UInt8] = []
            var twin: [UInt8] = []
            buffer.appendCanonicalBytes(2..<count + 2, to: &bytes, level: level)
            for index in 2..<count + 2 { buffer[index].write(to: &twin) }
            #expect(bytes == twin)
            #expect(
                ExtensionBuffer(canonicalBytes: bytes[...])?.elements
                    == Array(buffer.elements.dropFirst(2)))
        }
        #expect(ExtensionBuffer(canonicalBytes: [0, 0, 0]) == nil)
        #expect(FieldBuffer(canonicalBytes: [0, 0, 0]) == nil)
        #expect(FieldBuffer(canonicalBytes: [0, 0, 0, 0, 1, 0, 0, 0x78]) == nil)
    }

    @Test(arguments: kernelLevels)
    func buildsEqTables(_ level: KernelLevel) {
        var source = FieldSource(seed: 11)
        for count in 0...9 {
            let point = source.elements(count)
            let scale = source.element()
            let table = ExtensionBuffer.eq(point, scale: scale, level: level)
            #expect(
                table.elements == ExtensionBuffer.eq(point, scale: scale, level: .swift).elements)
            // Each entry by its definition.
            for index in [0, table.count / 3, table.count - 1] {
                var product = scale
                for (bit, coordinate) in point.enumerated() {
                    product *= index >> bit & 1 == 1 ? coordinate : .one - coordinate
                }
                #expect(table[index] == product)
            }
        }
    }

    @Test(arguments: kernelLevels)
    func sumsProducts(_ level: KernelLevel) {
        var source = FieldSource(seed: 12)
        for count in kernelSizes {
            for (from, otherFrom) in [(0, 0), (0, 5), (3, 0), (16, 13), (9, 9), (1, 15)] {
                let a = ExtensionBuffer(source.elements(count + from))
                let b = ExtensionBuffer(source.elements(count + otherFrom + 1))
                let c = FieldBuffer(source.bases(count + from))
                #expect(
                    a.dot(from: from, b, from: otherFrom, count: count, level: level)
                        == a.dot(from: from, b, from: otherFrom, count: count, level: .swift))
                #expect(
                    c.dot(from: from, b, from: otherFrom, count: count, level: level)
                        == c.dot(from: from, b, from: otherFrom, count: count, level: .swift))
            }
        }
    }

    /// The greatest words everywhere: delayed reductions are closest to overflow here.
    @Test(arguments: kernelLevels)
    func sumsTheGreatestProducts(_ level: KernelLevel) {
        let top = BabyBear(montgomery: BabyBear.modulus - 1)
        let element = Extension(top, top, top, top, top, top)
        let count = 1 << 18
        let a = ExtensionBuffer(count: count)
        let c = FieldBuffer(count: count)
        for index in 0..<count {
            a[index] = element
            c[index] = top
        }
        let times = BabyBear(UInt32(count))
        #expect(a.dot(a, level: level) == (element * element).scaled(by: times))
        #expect(c.dot(a, level: level) == element.scaled(by: top * times))
        let zero = (element * element).scaled(by: BabyBear(UInt32(count / 2)))
        #expect(
            a.productRound(a, level: level) == ProductRound(atZero: zero, atInfinity: .zero))
        let out = ExtensionBuffer(count: 1)
        c.foldColumns(by: a, into: out, level: level)
        #expect(out[0] == element.scaled(by: top * times))
        let rows = ExtensionBuffer(count: 64)
        c.weightedRows(
            stride: 64, rows: count / 64, columns: 0..<64, by: a, into: rows, level: level)
        let row = element.scaled(by: top * BabyBear(UInt32(count / 64)))
        #expect(rows.elements.allSatisfy { $0 == row })
    }

    @Test(arguments: kernelLevels)
    func addsAndScales(_ level: KernelLevel) {
        var source = FieldSource(seed: 13)
        for count in kernelSizes {
            for (from, start) in [(0, 0), (3, 0), (0, 7), (5, 5), (21, 14), (16, 32)] {
                let x = ExtensionBuffer(source.elements(count + from))
                let y = FieldBuffer(source.bases(count + from))
                let base = source.elements(count + start + 20)
                let factor = source.element()
                for step in 0..<5 {
                    let results = [level, .swift].map { level in
                        let out = ExtensionBuffer(base)
                        switch step {
                        case 0:
                            out.add(
                                factor, times: x, from: from, count: count, at: start, level: level)
                        case 1:
                            out.add(
                                factor, times: y, from: from, count: count, at: start, level: level)
                        case 2: out.add(x, from: from, count: count, at: start, level: level)
                        case 3: out.subtract(x, from: from, count: count, at: start, level: level)
                        default: out.add(factor, to: start..<start + count, level: level)
                        }
                        #expect(out.endsInZeros)
                        return out.elements
                    }
                    #expect(results[0] == results[1], "step \(step), \(count) from \(from)")
                }
            }
            let scaled = ExtensionBuffer(source.elements(count))
            let factor = source.element()
            let expected = scaled.elements.map { $0 * factor }
            scaled.scale(by: factor, level: level)
            #expect(scaled.elements == expected && scaled.endsInZeros)
        }
    }

    @Test(arguments: kernelLevels)
    func multipliesElementByElement(_ level: KernelLevel) {
        var source = FieldSource(seed: 24)
        for count in kernelSizes {
            let x = source.elements(count)
            let y = source.elements(count)
            let z = source.bases(count)
            let products = ExtensionBuffer(x)
            products.multiply(by: ExtensionBuffer(y), level: level)
            #expect(products.elements == zip(x, y).map { $0 * $1 } && products.endsInZeros)
            let scaled = ExtensionBuffer(x)
            scaled.multiply(by: FieldBuffer(z), level: level)
            #expect(
                scaled.elements == zip(x, z).map { $0.scaled(by: $1) } && scaled.endsInZeros)
            for from in [0, 1, 15, 16, 40] where from <= count {
                let sum = ExtensionBuffer(x).sum(from..<count, level: level)
                #expect(sum == x[from...].reduce(.zero, +))
            }
        }
    }

    @Test(arguments: kernelLevels)
    func inverts(_ level: KernelLevel) {
        var source = FieldSource(seed: 14)
        for count in kernelSizes {
            let elements = source.elements(count).map { $0 == .zero ? .one : $0 }
            let buffer = ExtensionBuffer(elements)
            #expect(buffer.invert(level: level) == nil && buffer.endsInZeros)
            for (index, element) in elements.enumerated() {
                #expect(buffer[index] * element == .one)
            }
            guard count > 2 else { continue }
            let broken = ExtensionBuffer(elements)
            broken[count - 1] = .zero
            broken[count / 2] = .zero
            #expect(broken.invert(level: level) == count / 2)
            #expect(broken[0] == elements[0])
        }
    }

    @Test(arguments: kernelLevels)
    func foldsTheLowestVariable(_ level: KernelLevel) {
        var source = FieldSource(seed: 15)
        for count in kernelSizes where count > 0 {
            let x = ExtensionBuffer(source.elements(count))
            let y = FieldBuffer(source.bases(count))
            let r = source.element()
            let (pad, basePad) = (source.element(), source.base())
            #expect(
                x.foldedLow(by: r, pad: pad, level: level).elements
                    == x.foldedLow(by: r, pad: pad, level: .swift).elements)
            #expect(
                y.foldedLow(by: r, pad: basePad, level: level).elements
                    == y.foldedLow(by: r, pad: basePad, level: .swift).elements)
            // In two ranges, as two workers would.
            let half = (count + 1) / 2
            let whole = x.foldedLow(by: r, level: .swift)
            let baseWhole = y.foldedLow(by: r, level: .swift)
            for cut in [0, half / 3, half / 2, half] {
                let out = ExtensionBuffer(count: half)
                x.foldLow(by: r, into: out, range: 0..<cut, level: level)
                x.foldLow(by: r, into: out, range: cut..<half, level: level)
                #expect(out.elements == whole.elements && out.endsInZeros)
                let baseOut = ExtensionBuffer(count: half)
                y.foldLow(by: r, into: baseOut, range: 0..<cut, level: level)
                y.foldLow(by: r, into: baseOut, range: cut..<half, level: level)
                #expect(baseOut.elements == baseWhole.elements && baseOut.endsInZeros)
            }
        }
    }

    @Test(arguments: kernelLevels)
    func foldsColumns(_ level: KernelLevel) {
        var source = FieldSource(seed: 16)
        for width in [1, 2, 3, 4, 8, 12, 16, 32, 48, 64, 256, 272, 512] {
            for rows in [1, 2, 7, 16, 21] {
                let matrix = FieldBuffer(source.bases(rows * width))
                let weights = ExtensionBuffer(source.elements(width))
                let expected = ExtensionBuffer(count: rows)
                matrix.foldColumns(by: weights, into: expected, level: .swift)
                let cut = rows / 2
                let out = ExtensionBuffer(count: rows)
                matrix.foldColumns(by: weights, into: out, rows: cut..<rows, level: level)
                matrix.foldColumns(by: weights, into: out, rows: 0..<cut, level: level)
                #expect(out.elements == expected.elements, "\(rows) × \(width)")
                #expect(out.endsInZeros)
            }
        }
    }

    @Test(arguments: kernelLevels)
    func combinesRows(_ level: KernelLevel) {
        var source = FieldSource(seed: 17)
        for (rows, inner, stride, start, at) in [
            (1, 1, 1, 0, 0), (5, 64, 64, 0, 0), (3, 33, 64, 7, 5), (300, 40, 48, 0, 16),
            (0, 9, 16, 0, 3), (17, 128, 128, 128, 0), (600, 16, 16, 0, 1),
        ] {
            let matrix = FieldBuffer(source.bases(start + max(1, rows) * stride))
            let weights = ExtensionBuffer(source.elements(rows + 2))
            let before = source.elements(inner + at + 4)
            let results = [level, .swift].map { level in
                let out = ExtensionBuffer(before)
                for columns in [inner / 3..<inner, 0..<inner / 3] {
                    matrix.weightedRows(
                        start: start, stride: stride, rows: rows, columns: columns, by: weights,
                        from: 2, into: out, at: at, level: level)
                }
                #expect(out.endsInZeros)
                return out.elements
            }
            #expect(results[0] == results[1], "\(rows) × \(inner)")
        }
    }

    @Test(arguments: kernelLevels)
    func sumsRounds(_ level: KernelLevel) {
        var source = FieldSource(seed: 18)
        for count in kernelSizes where count > 0 {
            let a = ExtensionBuffer(source.elements(count))
            let b = ExtensionBuffer(source.elements(count))
            let c = FieldBuffer(source.bases(count))
            let r = source.element()
            #expect(a.productRound(b, level: level) == a.productRound(b, level: .swift))
            #expect(c.productRound(b, level: level) == c.productRound(b, level: .swift))
            let pairs = (count + 1) / 2
            for cut in [pairs / 3, pairs / 2] {
                #expect(
                    a.productRound(b, pairs: 0..<cut, level: level)
                        + a.productRound(b, pairs: cut..<pairs, level: level)
                        == a.productRound(b, level: .swift))
                #expect(
                    c.productRound(b, pairs: 0..<cut, level: level)
                        + c.productRound(b, pairs: cut..<pairs, level: level)
                        == c.productRound(b, level: .swift))
            }
            let next = [level, .swift].map { level in
                let out = ExtensionBuffer(count: pairs)
                let otherOut = ExtensionBuffer(count: pairs)
                let cut = (pairs + 1) / 2 / 3
                var round = a.foldThenRound(
                    b, by: r, into: out, otherOut, pairs: 0..<cut, level: level)
                round += a.foldThenRound(
                    b, by: r, into: out, otherOut, pairs: cut..<(pairs + 1) / 2, level: level)
                #expect(out.endsInZeros && otherOut.endsInZeros)
                return (round, out.elements, otherOut.elements)
            }
            #expect(next[0].0 == next[1].0)
            #expect(next[0].1 == next[1].1 && next[0].2 == next[1].2)
            // The rounds fit together as a sumcheck.
            let first = a.productRound(b, level: level)
            let claim = a.dot(b, level: .swift)
            let folded = a.foldedLow(by: r, level: level)
            #expect(
                first.value(at: r, claim: claim)
                    == folded.dot(b.foldedLow(by: r, level: level), level: level))
        }
    }
}
