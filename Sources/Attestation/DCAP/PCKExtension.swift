public import Codec

/// What a PCK certificate says of its platform.
///
/// Source: Intel, "SGX PCK Certificate and Certificate Revocation List Profile Specification",
/// section 1.3.5.
public struct PCKExtension: Sendable, Equatable {
    /// 16 bytes: which platform it is, hidden from all but Intel.
    public let ppid: [UInt8]
    /// 16 versions of components.
    public let components: [UInt8]
    public let pceVersion: UInt16
    /// 16 bytes.
    public let cpuSVN: [UInt8]
    /// 2 bytes.
    public let pceID: [UInt8]
    /// 6 bytes: family, model, stepping, platform and package of the processor.
    public let fmspc: [UInt8]
    /// 0 standard, 1 scalable, 2 scalable with integrity.
    public let sgxType: UInt8

    public static let type = OID(1, 2, 840, 113741, 1, 13, 1)

    /// Reads the extension's value: a SEQUENCE of pairs of a type below Intel's and a value.
    ///
    /// Pairs besides those below are allowed, a type twice is not.
    init(_ value: ArraySlice<UInt8>) throws(DERError) {
        var reader = DERReader(value)
        let fields = try PCKExtension.pairs(try reader.descend(), below: PCKExtension.prefix)
        try reader.finish()
        ppid = try fields.octets(1, count: 16)
        let tcb = try PCKExtension.pairs(
            DERReader(try fields.value(2, tag: DERTag.sequence)), below: PCKExtension.prefix + [2])
        var components: [UInt8] = []
        for index: UInt8 in 1...16 {
            components.append(UInt8(truncatingIfNeeded: try tcb.natural(index, max: 255)))
        }
        self.components = components
        pceVersion = UInt16(truncatingIfNeeded: try tcb.natural(17, max: 65_535))
        cpuSVN = try tcb.octets(18, count: 16)
        pceID = try fields.octets(3, count: 2)
        fmspc = try fields.octets(4, count: 6)
        sgxType = UInt8(
            truncatingIfNeeded: try fields.natural(5, max: 255, tag: DERTag.enumerated))
    }

    /// The contents of 1.2.840.113741.1.13.1.
    private static let prefix = type.contents

    /// The values by the last arc of their types.
    private struct Pairs {
        var values: [(arc: UInt8, value: DERElement)] = []

        func value(_ arc: UInt8, tag: UInt8) throws(DERError) -> ArraySlice<UInt8> {
            guard let value = values.first(where: { $0.arc == arc })?.value else {
                throw .truncated(wanted: 1, left: 0)
            }
            guard value.tag == tag else { throw .wrongTag(wanted: tag, got: value.tag) }
            return value.contents
        }

        func octets(_ arc: UInt8, count: Int) throws(DERError) -> [UInt8] {
            let value = try value(arc, tag: DERTag.octetString)
            guard value.count == count else { throw .tooWide(bytes: value.count) }
            return Array(value)
        }

        func natural(
            _ arc: UInt8, max: Int, tag: UInt8 = DERTag.integer
        ) throws(DERError) -> Int {
            let digits = try value(arc, tag: tag)
            guard let first = digits.first else { throw .invalidInteger }
            guard first < 0x80 else { throw .negative }
            guard digits.count <= 3 else { throw .tooWide(bytes: digits.count) }
            if digits.count > 1, first == 0, digits[digits.startIndex + 1] < 0x80 {
                throw .invalidInteger
            }
            var number = 0
            for digit in digits { number = number << 8 | Int(digit) }
            guard number <= max else { throw .tooWide(bytes: digits.count) }
            return number
        }
    }

    private static func pairs(
        _ reader: DERReader, below prefix: [UInt8]
    ) throws(DERError) -> Pairs {
        var reader = reader
        var pairs = Pairs()
        pairs.values.reserveCapacity(18)
        while !reader.isAtEnd {
            let whole = try reader.enter()
            let type = try reader.read(DERTag.objectIdentifier)
            let value = try reader.readElement()
            try reader.leave(whole)
            // One arc of one byte more than the prefix; all else is not read here.
            guard type.count == prefix.count + 1, type.starts(with: prefix),
                let arc = type.last, arc < 0x80
            else { continue }
            guard !pairs.values.contains(where: { $0.arc == arc }) else {
                throw .invalidObjectIdentifier
            }
            pairs.values.append((arc, value))
        }
        return pairs
    }
}
