import Codec
import Testing

@Suite struct PEMTests {
    static let begin = "-----BEGIN CERTIFICATE-----\n"
    static let end = "-----END CERTIFICATE-----\n"

    static func decode(_ text: String, blocksMax: Int = 3) throws -> [[UInt8]] {
        try PEM.decode(Array(text.utf8)[...], label: "CERTIFICATE", blocksMax: blocksMax)
    }

    @Test func readsWhatItWrites() throws {
        for count in [1, 47, 48, 49, 600] {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
            let text = PEM.encode(bytes, label: "CERTIFICATE")
            #expect(try Self.decode(text) == [bytes])
            #expect(try Self.decode(text + "\n" + text) == [bytes, bytes])
            #expect(
                try Self.decode(text.split(separator: "\n").joined(separator: "\r\n")) == [bytes])
            // Intel's libraries count a C string's end.
            #expect(try Self.decode(text + "\0") == [bytes])
        }
        #expect(try Self.decode("") == [])
    }

    @Test(
        arguments: [
            ("x\n" + begin + "AAAA\n" + end, .noBegin(block: 0)),
            (begin + "AAAA\n" + end + " ", .noBegin(block: 1)),
            (begin + "AAAA\n" + end + "\0\0", .noBegin(block: 1)),
            (begin + "AAAA", .noEnd(block: 0)), (begin + "AAAA\n", .invalidBase64(block: 0)),
            (begin + end, .emptyBlock(block: 0)),
            (begin + "AAAA\n\nAAAA\n" + end, .invalidBase64(block: 0)),
            (begin + "AAA\n" + end, .invalidBase64(block: 0)),
            (begin + "AB==\n" + end, .invalidBase64(block: 0)),
            (begin + "AA AA\n" + end, .invalidBase64(block: 0)),
            (begin + begin + "AAAA\n" + end, .invalidBase64(block: 0)),
            ("-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n", .noBegin(block: 0)),
            (begin + "AAAA\n-----END X509 CRL-----\n", .invalidBase64(block: 0)),
            (String(repeating: begin + "AAAA\n" + end, count: 4), .tooManyBlocks(4)),
        ] as [(String, PEMError)])
    func refuses(_ text: String, _ error: PEMError) {
        #expect(throws: error) { try Self.decode(text) }
    }
}
