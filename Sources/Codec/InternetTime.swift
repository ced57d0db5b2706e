/// Times as JSON documents write them: `2026-02-18T10:58:51Z`.
///
/// Source: RFC 3339, section 5.6, narrowed to whole seconds of UTC and capital letters.
public enum InternetTime {
    /// Seconds since 1970 of a real time of the calendar; nil for all else and for times before
    /// 1970.
    public static func seconds(_ text: some Collection<UInt8>) -> UInt64? {
        seconds(Array(text)[...])
    }

    /// The same, of bytes where they stand.
    public static func seconds(_ text: ArraySlice<UInt8>) -> UInt64? {
        let bytes = text.span
        guard bytes.count == 20, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            bytes[10] == UInt8(ascii: "T"), bytes[13] == UInt8(ascii: ":"),
            bytes[16] == UInt8(ascii: ":"), bytes[19] == UInt8(ascii: "Z")
        else { return nil }
        func pair(_ index: Int) -> Int? {
            let (high, low) = (bytes[index] &- 48, bytes[index + 1] &- 48)
            return high < 10 && low < 10 ? Int(high) * 10 + Int(low) : nil
        }
        guard let century = pair(0), let year = pair(2), let month = pair(5), let day = pair(8),
            let hour = pair(11), let minute = pair(14), let second = pair(17)
        else { return nil }
        return DERTime.seconds(
            year: century * 100 + year, month: month, day: day, hour: hour, minute: minute,
            second: second)
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
