import Codec
import Testing

@Suite struct InternetTimeTests {
    @Test(arguments: [
        (0 as UInt64, "1970-01-01T00:00:00Z"), (951_782_400, "2000-02-29T00:00:00Z"),
        (1_771_412_331, "2026-02-18T10:58:51Z"), (2_524_607_999, "2049-12-31T23:59:59Z"),
        (2_524_608_000, "2050-01-01T00:00:00Z"), (253_402_300_799, "9999-12-31T23:59:59Z"),
    ])
    func readsAndWrites(_ seconds: UInt64, _ text: String) {
        #expect(InternetTime.seconds(text.utf8) == seconds)
        #expect(InternetTime.text(seconds) == text)
    }

    @Test(arguments: [
        "", "2026-02-30T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-01T24:00:00Z",
        "2026-01-01T00:60:00Z", "2026-01-01T00:00:60Z", "1969-12-31T23:59:59Z",
        "2026-01-01t00:00:00Z", "2026-01-01T00:00:00z", "2026-01-01 00:00:00Z",
        "2026-01-01T00:00:00", "2026-01-01T00:00:00+00:00", "2026-01-01T00:00:00.0Z",
        "2026-1-01T00:00:00ZZ", "+026-01-01T00:00:00Z", "tomorrow",
    ])
    func refuses(_ text: String) {
        #expect(InternetTime.seconds(text.utf8) == nil)
    }
}
