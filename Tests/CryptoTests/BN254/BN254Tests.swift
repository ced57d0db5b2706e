import Crypto
import Primitives
import TestSupport
import Testing

@Suite struct BN254Tests {
    @Test(arguments: BN254Vectors.selected)
    func agreesWithPublishedVectors(_ vector: BN254Vectors.Vector) throws {
        #expect(vector.operation(try vector.inputBytes) == (try vector.outputBytes))
    }

    @Test(.enabled(if: BN254Vectors.archive != nil, "no shared test data, or no tar and zstd"))
    func agreesWithEveryPublishedVector() throws {
        let archive = try #require(BN254Vectors.archive)
        let files: [(String, BN254Vectors.Operation, Int)] = [
            ("bn256Add", .add, 14), ("bn256ScalarMul", .multiply, 15),
            ("bn256Pairing", .pairing, 12),
        ]
        for (name, operation, count) in files {
            let vectors = try BN254Vectors.read(name, operation, from: archive)
            #expect(vectors.count == count)
            for vector in vectors {
                let output = vector.operation(try vector.inputBytes)
                #expect(output == (try vector.outputBytes), "\(name) \(vector.name)")
            }
        }
    }

    // MARK: Encoding of addition and multiplication

    private static let generator = word(1) + word(2)

    private static func word(_ value: Int) -> [UInt8] { UInt256(value).bigEndianBytes }

    @Test func addAndMultiplyPadAndCut() {
        let padded = BN254Tests.generator + [UInt8](repeating: 0, count: 64)
        for count in 64...128 {
            #expect(BN254.add(Array(padded[..<count])) == BN254Tests.generator)
        }
        #expect(BN254.add(padded + [1, 2, 3]) == BN254Tests.generator)
        #expect(BN254.add([]) == [UInt8](repeating: 0, count: 64))
        #expect(BN254.multiply([]) == [UInt8](repeating: 0, count: 64))
        // A cut scalar is padded on the right: the byte 1 alone is 2²⁴⁸.
        let cut = BN254.multiply(BN254Tests.generator + [1])
        let whole = BN254.multiply(
            BN254Tests.generator + (UInt256.one << 248).bigEndianBytes + [9, 9])
        #expect(cut == whole)
        // A cut y is padded, too: 2 becomes 0 when its last byte is gone.
        #expect(BN254.add(Array(BN254Tests.generator[..<63])) == nil)
    }

    @Test func refusesBadPointsInEveryPlace() {
        let p = BN254.Fp.modulus
        let infinity = [UInt8](repeating: 0, count: 64)
        let bad: [[UInt8]] = [
            BN254Tests.word(1) + BN254Tests.word(1),
            BN254Tests.word(0) + BN254Tests.word(1),
            BN254Tests.word(1) + BN254Tests.word(0),
            p.bigEndianBytes + BN254Tests.word(0),
            BN254Tests.word(0) + p.bigEndianBytes,
            (p + .one).bigEndianBytes + BN254Tests.word(2),
            BN254Tests.word(1) + (p + UInt256(2)).bigEndianBytes,
            [UInt8](repeating: 255, count: 64),
        ]
        for point in bad {
            #expect(BN254.add(point) == nil)
            #expect(BN254.add(infinity + point) == nil)
            #expect(BN254.add(BN254Tests.generator + point) == nil)
            #expect(BN254.multiply(point) == nil)
            #expect(BN254.multiply(point + infinity) == nil)
            #expect(BN254.pairing(point + infinity + infinity) == nil)
        }
    }

    // MARK: Pairing

    private func bytes(_ point: BN254Points.G2) -> [UInt8] {
        [point.x.imaginary, point.x.real, point.y.imaginary, point.y.real]
            .flatMap { $0.word.bigEndianBytes }
    }

    private func bytes(_ point: BN254Points.G1) -> [UInt8] {
        point.x.word.bigEndianBytes + point.y.word.bigEndianBytes
    }

    @Test func pairingRefusesPartsOfPairs() throws {
        let pair = BN254Tests.generator + bytes(try BN254Points.right())
        for count in 0...385 {
            let input = Array((pair + pair + pair)[..<count])
            let isWhole = count.isMultiple(of: 192)
            #expect((BN254.pairing(input) != nil) == isWhole, "\(count) bytes")
        }
    }

    @Test func pairingRefusesBadPointsOfTheTwist() throws {
        let right = try BN254Points.right()
        var moved = right
        moved.x = moved.x + .one
        let swapped = BN254Points.G2(
            x: BN254.Fp2(right.x.imaginary, right.x.real),
            y: BN254.Fp2(right.y.imaginary, right.y.real))
        let points = [
            moved, swapped, try BN254Points.offSubgroup(), try BN254Points.smallOrder(),
            right + (try BN254Points.smallOrder()),
        ]
        let infinity = [UInt8](repeating: 0, count: 64)
        let good = BN254Tests.generator + bytes(right)
        for point in points {
            // The other point being infinity excuses nothing.
            #expect(BN254.pairing(infinity + bytes(point)) == nil)
            #expect(BN254.pairing(BN254Tests.generator + bytes(point)) == nil)
            #expect(BN254.pairing(good + good + infinity + bytes(point)) == nil)
        }
        // A coordinate of p or more, in each of the four places.
        for place in 0..<4 {
            var raw = [UInt256](repeating: .zero, count: 4)
            raw[place] = BN254.Fp.modulus
            #expect(BN254.pairing(infinity + raw.flatMap(\.bigEndianBytes)) == nil)
        }
    }

    @Test func pairingCheckCountsPairsOfEveryBatchSize() throws {
        let left = BN254Points.left
        let right = bytes(try BN254Points.right())
        let infinity = [UInt8](repeating: 0, count: 64)
        // count - 1 times e(P, Q), then e(-(count - 1)P, Q); infinities change nothing.
        for count in [1, 2, 3, 15, 16, 17, 18, 32, 33] {
            var input: [UInt8] = []
            for _ in 1..<count {
                input += bytes(left) + right
                input += infinity + right
                input += bytes(left) + infinity + infinity
            }
            let sum = BN254.multiply(left, by: UInt256(count - 1)).affine
            #expect(BN254.pairing(input + bytes(-sum) + right) == BN254Tests.word(1))
            #expect(BN254.pairing(input + bytes(-(sum + left)) + right) == BN254Tests.word(0))
        }
    }

    @Test func isTotalOnRandomBytes() throws {
        var random = SeededRandom(seed: 31)
        let right = bytes(try BN254Points.right())
        for count in 0..<400 {
            let noise = random.bytes(count)
            _ = BN254.add(noise)
            _ = BN254.multiply(noise)
            _ = BN254.pairing(noise)
        }
        for _ in 0..<200 {
            // One flipped bit of a good pair leaves the curve or the field.
            var pair = BN254Tests.generator + right
            let bit = Int(truncatingIfNeeded: random.next() % UInt64(pair.count * 8))
            pair[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(BN254.pairing(pair) == nil)
        }
    }
}
