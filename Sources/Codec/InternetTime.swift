/// Times as JSON documents write them: `2026-02-18T10:58:51Z`.
///
/// Source: RFC 3339, section 5.6, narrowed to whole seconds of UTC and capital letters.
public enum InternetTime {
    /// Seconds since 1970 of a real time of the calendar; nil for all else and for times before
    /// 1970.
    public static func seconds(_ text: some Collection<UInt8>) -> UInt64? {
        let shape = Array("____-__-__T__:__:__Z".utf8)
        guard text.count == shape.count else { return nil }
        var digits: [UInt8] = []
        digits.reserveCapacity(15)
        for (byte, wanted) in zip(text, shape) {
            if wanted == UInt8(ascii: "_") {
                digits.append(byte)
            } else {
                guard byte == wanted else { return nil }
            }
        }
        return DERTime.seconds((digits + [UInt8(ascii: "Z")])[...], yearDigits: 4)
    }

    /// The text of a time, in seconds since 1970, of a year below 10000.
    public static func text(_ seconds: UInt64) -> String {
        // A GeneralizedTime has four digits of the year, a UTCTime, which ends in 2049, two.
        let (_, digits) = DERTime.text(seconds)
        let century = digits.count == 15 ? "" : digits[0] < UInt8(ascii: "5") ? "20" : "19"
        let plain = Array(century.utf8) + digits
        var text: [UInt8] = []
        for (index, digit) in plain.dropLast().enumerated() {
            switch index {
            case 4, 6: text.append(UInt8(ascii: "-"))
            case 8: text.append(UInt8(ascii: "T"))
            case 10, 12: text.append(UInt8(ascii: ":"))
            default: break
            }
            text.append(digit)
        }
        return String(decoding: text + [UInt8(ascii: "Z")], as: UTF8.self)
    }
}
