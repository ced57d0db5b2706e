import Primitives
import Testing

@Suite struct UInt256Tests {
    /// Words with edges in every limb, and pseudo-random ones of every width.
    static let samples: [UInt256] = {
        var words: [UInt256] = [0, 1, 2, 3, .max, .max - 1, UInt256(UInt64.max), 10]
        for shift in [63, 64, 65, 127, 128, 129, 191, 192, 193, 255] {
            words += [UInt256.one << shift, (UInt256.one << shift) - 1, (UInt256.one << shift) + 1]
        }
        var random = SeededRandom(seed: 1)
        for width in stride(from: 1, through: 256, by: 5) {
            let word = UInt256(
                limbs: random.next(), random.next(), random.next(), random.next())
            words.append(word >> (256 - width))
        }
        return words
    }()

    @Test func divisionUndoesMultiplication() {
        for dividend in Self.samples {
            for divisor in Self.samples where !divisor.isZero {
                let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor)
                #expect(remainder < divisor)
                let (high, low) = quotient.multipliedFullWidth(by: divisor)
                #expect(high.isZero)
                #expect(low + remainder == dividend, "\(dividend) / \(divisor)")
            }
        }
    }

    /// (a·b) mod m agrees with schoolbook doubling, which never divides.
    @Test func modularProductAgreesWithDoubling() {
        let samples = Self.samples.enumerated().compactMap { index, word in
            index.isMultiple(of: 3) ? word : nil
        }
        for left in samples {
            for right in samples.prefix(14) {
                for modulus in samples where !modulus.isZero {
                    var sum = UInt256.zero
                    let reduced = left % modulus
                    for bit in stride(from: right.bitWidth - 1, through: 0, by: -1) {
                        sum = Self.add(sum, sum, modulo: modulus)
                        if right.bit(bit) { sum = Self.add(sum, reduced, modulo: modulus) }
                    }
                    #expect(left.multiplied(by: right, modulo: modulus) == sum)
                }
            }
        }
    }

    /// Adds two reduced words by comparison alone.
    static func add(_ left: UInt256, _ right: UInt256, modulo modulus: UInt256) -> UInt256 {
        let room = modulus - left
        return right >= room ? right - room : left + right
    }

    @Test func modularSumAgreesWithComparison() {
        for left in Self.samples {
            for right in Self.samples.prefix(20) {
                for modulus in Self.samples.prefix(40) where !modulus.isZero {
                    let sum = Self.add(left % modulus, right % modulus, modulo: modulus)
                    #expect(left.adding(right, modulo: modulus) == sum)
                }
            }
        }
    }

    @Test func shiftsAreProductsAndQuotients() {
        for word in Self.samples {
            for count in 0..<256 {
                #expect(word << count == word &* (UInt256.one << count))
                #expect(word >> count == word / (UInt256.one << count))
            }
            #expect(word << 256 == .zero)
            #expect(word >> 256 == .zero)
        }
    }

    @Test func textAndBytesRoundTrip() throws {
        for word in Self.samples {
            #expect(try UInt256(decimal: word.decimal) == word)
            #expect(try UInt256(hex: word.hexQuantity) == word)
            #expect(UInt256(bigEndian: word.bigEndianBytes) == word)
            #expect(UInt256(bigEndian: word.minimalBytes) == word)
            #expect(word.minimalBytes.count == word.byteWidth)
        }
        #expect(UInt256.max.decimal.hasSuffix("129639935"))
    }

    @Test(arguments: [
        ("", TextError.empty), ("01", .leadingZero), ("1x", .invalidCharacter(0x78, at: 1)),
        (
            "115792089237316195423570985008687907853269984665640564039457584007913129639936",
            .tooLarge
        ),
    ])
    func refusesDecimal(_ text: String, because reason: TextError) {
        #expect(throws: reason) { try UInt256(decimal: text) }
    }

    @Test func powerWraps() {
        #expect(UInt256(3).power(5) == 243)
        #expect(UInt256.zero.power(0) == 1)
        #expect(UInt256(2).power(256) == 0)
        #expect(UInt256.max.power(2) == 1)
    }

    @Test func trapsOnDivisionByZero() async {
        await #expect(processExitsWith: .failure) { _ = UInt256.one / UInt256.zero }
    }
}
