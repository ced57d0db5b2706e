/// Times of blocks as people read them.
public enum UTCTime {
    /// `2026-11-21 15:42:42`, of seconds since 1970 in the proleptic Gregorian calendar.
    ///
    /// Source: Howard Hinnant, "chrono-compatible low-level date algorithms", `civil_from_days`.
    public static func text(seconds: UInt64) -> String {
        let days = seconds / 86_400 + 719_468
        let (era, day) = (days / 146_097, days % 146_097)
        let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365
        let dayOfYear = day - (365 * year + year / 4 - year / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        let civilYear = year + era * 400 + (month <= 2 ? 1 : 0)
        let date = [civilYear, month, dayOfYear - (153 * shifted + 2) / 5 + 1].map(twoDigits)
        let time = [seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60].map(twoDigits)
        return date.joined(separator: "-") + " " + time.joined(separator: ":")
    }

    /// The day of it, `2026-11-21`.
    public static func day(seconds: UInt64) -> String { String(text(seconds: seconds).prefix(10)) }

    private static func twoDigits(_ number: UInt64) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }
}
