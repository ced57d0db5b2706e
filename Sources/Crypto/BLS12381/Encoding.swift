extension BLS12381.Fp {
    package static let encodedBytes = BLS12381.fieldBytes

    /// Reads 64 bytes, which must be there; nil when the number is p or more.
    package init?(encoded input: [UInt8], at offset: Int) {
        guard BLS12381.word(input, at: offset) | BLS12381.word(input, at: offset + 8) == 0 else {
            return nil
        }
        self.init(bigEndian: input, at: offset + 16)
    }

    /// Reads 48 bytes, which must be there; nil when the number is p or more.
    package init?(bigEndian input: [UInt8], at offset: Int) {
        let word = { (index: Int) in BLS12381.word(input, at: offset + 8 * index) }
        self.init(word(0), word(1), word(2), word(3), word(4), word(5))
    }

    package func appendEncoded(to output: inout [UInt8]) {
        output.append(contentsOf: repeatElement(0, count: 16))
        for word in words.reversed() {
            for shift in stride(from: UInt64(56), through: 0, by: -8) {
                output.append(UInt8(truncatingIfNeeded: word >> shift))
            }
        }
    }
}

extension BLS12381.Fp2 {
    package static let encodedBytes = 2 * BLS12381.fieldBytes

    /// Reads 128 bytes, which must be there; nil when a number is p or more.
    package init?(encoded input: [UInt8], at offset: Int) {
        guard let real = Fp(encoded: input, at: offset),
            let imaginary = Fp(encoded: input, at: offset + Fp.encodedBytes)
        else { return nil }
        self.init(real, imaginary)
    }

    package func appendEncoded(to output: inout [UInt8]) {
        real.appendEncoded(to: &output)
        imaginary.appendEncoded(to: &output)
    }
}

extension AffinePoint where Field: BLS12381.Group {
    /// Reads a point's bytes, which must be there; nil when a number is p or more, or the point is
    /// neither on the curve nor infinity.
    package init?(encoded input: [UInt8], at offset: Int) {
        guard let x = Field(encoded: input, at: offset),
            let y = Field(encoded: input, at: offset + Field.encodedBytes)
        else { return nil }
        self.init(x: x, y: y)
        guard isInfinity || isOnCurve else { return nil }
    }

    package var encoded: [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(2 * Field.encodedBytes)
        x.appendEncoded(to: &output)
        y.appendEncoded(to: &output)
        return output
    }
}

extension AffinePoint<BLS12381.Fp> {
    /// Reads 48 bytes, which must be there: x, and three flags in its top bits. nil when a flag is
    /// wrong, x is p or more, or no point of the curve has it. Does not check the subgroup.
    ///
    /// Source: Zcash protocol, section 5.4.9.2, which EIP-4844 points to.
    package init?(compressed input: [UInt8], at offset: Int) {
        let flags = input[offset]
        var bytes = Array(input[offset..<offset + 48])
        bytes[0] &= 0x1f
        // The first flag says that the form is compressed, the second infinity.
        guard flags & 0x80 != 0 else { return nil }
        if flags & 0x40 != 0 {
            guard flags == 0xc0, bytes.allSatisfy({ $0 == 0 }) else { return nil }
            self = .infinity
            return
        }
        guard let x = BLS12381.Fp(bigEndian: bytes, at: 0),
            let root = (x.squared * x + BLS12381.Fp.curveConstant).squareRoot
        else { return nil }
        // The third flag asks for the larger root.
        self.init(x: x, y: root.isLarge == (flags & 0x20 != 0) ? root : -root)
    }

    /// The 48 bytes that `init(compressed:at:)` reads.
    package var compressed: [UInt8] {
        guard !isInfinity else { return [0xc0] + [UInt8](repeating: 0, count: 47) }
        var bytes: [UInt8] = []
        x.appendEncoded(to: &bytes)
        bytes.removeFirst(bytes.count - 48)
        bytes[0] |= y.isLarge ? 0xa0 : 0x80
        return bytes
    }
}

extension BLS12381 {
    /// The big-endian word of eight bytes at the offset.
    @inline(__always)
    fileprivate static func word(_ input: [UInt8], at offset: Int) -> UInt64 {
        var word: UInt64 = 0
        for index in offset..<offset + 8 { word = word << 8 | UInt64(input[index]) }
        return word
    }
}
