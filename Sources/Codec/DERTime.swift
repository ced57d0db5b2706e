/// Times as certificates write them: `YYMMDDHHMMSSZ` or `YYYYMMDDHHMMSSZ`.
///
/// Source: RFC 5280, section 4.1.2.5.
enum DERTime {
    /// Seconds since 1970 of a real time of the calendar; nil for all else and for times before
    /// 1970.
    static func seconds(_ text: ArraySlice<UInt8>, yearDigits: Int) -> UInt64? {
        guard text.count == yearDigits + 11, text.last == UInt8(ascii: "Z") else { return nil }
        func pair(_ place: Int) -> Int? {
            let index = text.startIndex + place
            guard let high = digit(text[index]), let low = digit(text[index + 1]) else {
                return nil
            }
            return high * 10 + low
        }
        guard let first = pair(0), let second = pair(2) else { return nil }
        // A year of two digits is one of 1950–2049.
        let year = yearDigits == 4 ? first * 100 + second : first + (first < 50 ? 2000 : 1900)
        guard let month = pair(yearDigits), let day = pair(yearDigits + 2),
            let hour = pair(yearDigits + 4), let minute = pair(yearDigits + 6),
            let seconds = pair(yearDigits + 8)
        else { return nil }
        return DERTime.seconds(
            year: year, month: month, day: day, hour: hour, minute: minute, second: seconds)
    }

    /// The text of a time: UTCTime's of 13 bytes up to 2049, GeneralizedTime's of 15 later.
    static func text(_ seconds: UInt64) -> (tag: UInt8, text: [UInt8]) {
        let date = civil(days: seconds / 86_400)
        let clock = seconds % 86_400
        var pairs = [
            date.month, date.day, clock / 3600, clock / 60 % 60, clock % 60,
        ]
        pairs.insert(date.year % 100, at: 0)
        let isShort = (1950..<2050).contains(date.year)
        if !isShort { pairs.insert(date.year / 100, at: 0) }
        let digits = pairs.flatMap { [UInt8(48 + $0 / 10), UInt8(48 + $0 % 10)] }
        return (isShort ? DERTag.utcTime : DERTag.generalizedTime, digits + [UInt8(ascii: "Z")])
    }

    private static func digit(_ byte: UInt8) -> Int? {
        byte >= 48 && byte <= 57 ? Int(byte) - 48 : nil
    }

    static func seconds(
        year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int
    ) -> UInt64? {
        guard year >= 1970, (1...12).contains(month), day >= 1, day <= days(of: month, in: year),
            hour < 24, minute < 60, second < 60
        else { return nil }
        // Days since 1970-01-01, counted in years that begin in March (H. Hinnant, "chrono-
        // compatible low-level date algorithms").
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        let days = era * 146_097 + dayOfEra - 719_468
        return UInt64(days * 86_400 + hour * 3600 + minute * 60 + second)
    }

    private static func days(of month: Int, in year: Int) -> Int {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        default: 31
        }
    }

    private static func civil(days: UInt64) -> (year: UInt64, month: UInt64, day: UInt64) {
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * month + 2) / 5 + 1
        let isEarly = month >= 10
        return (
            yearOfEra + era * 400 + (isEarly ? 1 : 0), isEarly ? month - 9 : month + 3, day
        )
    }
}
