import Crypto
import Primitives
import TestSupport
import Testing

@Suite struct ModexpTests {
    private static let prime =
        "fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f"

    /// The examples of EIP-198: Fermat's little theorem, and a base of zero.
    @Test func examples() throws {
        let prime = try Hex.decode(Self.prime)
        var exponent = prime
        exponent[31] -= 1
        #expect(
            Modexp.power(base: [3], exponent: exponent, modulus: prime)
                == UInt256.one.bigEndianBytes)
        #expect(
            Modexp.power(base: [], exponent: exponent, modulus: prime)
                == UInt256.zero.bigEndianBytes)
        // 3 to the power of 0xffff modulo 2²⁵⁵.
        let modulus = [0x80] + [UInt8](repeating: 0, count: 31)
        #expect(
            Hex.encode(Modexp.power(base: [3], exponent: [0xff, 0xff], modulus: modulus))
                == "3b01b01ac41f2d6e917c6d6a221ce793802469026d9ab7578fa2e79e4da6aaab")
    }

    @Test(arguments: [
        // Base, exponent, modulus, result.
        ("", "", "", ""), ("05", "03", "", ""), ("05", "03", "00", "00"),
        ("05", "03", "000000", "000000"), ("05", "03", "01", "00"), ("05", "03", "0001", "0000"),
        ("", "", "05", "01"), ("00", "00", "05", "01"), ("00", "00", "01", "00"),
        ("00", "03", "05", "00"), ("07", "", "05", "01"), ("05", "03", "07", "06"),
        ("000005", "000003", "000007", "000006"), ("ff", "ff", "0100", "00ff"),
        ("02", "08", "0100", "0000"), ("02", "0a", "06", "04"), ("0a", "01", "0a", "00"),
        ("0b", "01", "0a", "01"),
    ])
    func edges(_ base: String, _ exponent: String, _ modulus: String, _ power: String) throws {
        let result = Modexp.power(
            base: try Hex.decode(base), exponent: try Hex.decode(exponent),
            modulus: try Hex.decode(modulus))
        #expect(Hex.encode(result) == power)
    }

    /// Odd, even and power-of-two moduli of up to 256 bits against square and multiply.
    @Test func agreesWithSquareAndMultiply() {
        var random = SeededRandom(seed: 198)
        for round in 0..<400 {
            let base = random.bytes(Int(random.next() % 33))
            let exponent = random.bytes(Int(random.next() % 20))
            var modulus = random.bytes(1 + Int(random.next() % 32))
            switch round % 4 {
            case 0: modulus[modulus.count - 1] |= 1
            case 1: modulus[modulus.count - 1] &= 0xfe
            case 2: modulus = [1] + [UInt8](repeating: 0, count: round % 31)
            default: modulus[0] = 0
            }
            let result = Modexp.power(base: base, exponent: exponent, modulus: modulus)
            #expect(result.count == modulus.count)
            #expect(UInt256(bigEndian: result) == Self.naive(base, exponent, modulus))
        }
    }

    private static func naive(_ base: [UInt8], _ exponent: [UInt8], _ modulus: [UInt8]) -> UInt256 {
        let modulus = UInt256(bigEndian: modulus)
        if modulus <= 1 { return .zero }
        let base = UInt256(bigEndian: base)
        var power = UInt256.one
        for byte in exponent {
            for bit in stride(from: 7, through: 0, by: -1) {
                power = power.multiplied(by: power, modulo: modulus)
                if byte >> UInt8(bit) & 1 == 1 {
                    power = power.multiplied(by: base, modulo: modulus)
                }
            }
        }
        return power
    }

    @Test(.enabled(if: PrecompileVector.archive != nil, "no shared test data, or no tar and zstd"))
    func agreesWithEveryPublishedVector() throws {
        let archive = try #require(PrecompileVector.archive)
        let files = [("modexp", 13), ("modexp_eip2565", 38), ("modexp_eip7883", 37)]
        for (file, count) in files {
            let vectors = try PrecompileVector.read(
                "go-ethereum/core/vm/testdata/precompiles/\(file).json", from: archive)
            #expect(vectors.count == count)
            for vector in vectors {
                #expect(try Self.run(vector.input) == vector.output, "\(file) \(vector.name)")
            }
        }
    }

    /// Runs a call of the precompile: three lengths, then the numbers, zeros behind the end.
    private static func run(_ input: [UInt8]) throws -> [UInt8] {
        func piece(_ start: Int, _ count: Int) -> [UInt8] {
            (start..<start + count).map { $0 < input.count ? input[$0] : 0 }
        }
        let lengths = try [0, 32, 64].map {
            try #require(UInt256(bigEndian: piece($0, 32)).asInt)
        }
        return Modexp.power(
            base: piece(96, lengths[0]), exponent: piece(96 + lengths[0], lengths[1]),
            modulus: piece(96 + lengths[0] + lengths[1], lengths[2]))
    }
}
