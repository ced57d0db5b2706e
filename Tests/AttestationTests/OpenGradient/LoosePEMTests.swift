import Codec
import Testing

@testable import Attestation

@Suite struct LoosePEMTests {
    static let block = PEM.encode([1, 2, 3], label: "CERTIFICATE")
    static let other = PEM.encode([4, 5, 6], label: "CERTIFICATE")

    /// As Go's `pem.Decode` and `AppendCertsFromPEM`.
    static let rows: [(text: String, found: [[UInt8]])] = [
        ("", []),
        ("\(block)", [[1, 2, 3]]),
        ("\(block)\(other)", [[1, 2, 3], [4, 5, 6]]),
        ("words\n\(block)words\n\(other)words", [[1, 2, 3], [4, 5, 6]]),
        ("words\(block)", []),
        ("-----BEGIN CERTIFICATE-----\nAQ ID\t\n-----END CERTIFICATE-----", [[1, 2, 3]]),
        ("-----BEGIN CERTIFICATE-----  \nAQID\n-----END CERTIFICATE-----  \n", [[1, 2, 3]]),
        ("-----BEGIN CERTIFICATE-----\r\nAQ\r\nID\r\n-----END CERTIFICATE-----\r\n", [[1, 2, 3]]),
        ("-----BEGIN CERTIFICATE-----\nAQID\n-----END CERTIFICATE----- words\n", []),
        ("-----BEGIN CERTIFICATE----\nAQID\n-----END CERTIFICATE-----\n", []),
        ("-----BEGIN CERTIFICATE-----\nAQID\n-----END X-----\n\(block)", [[1, 2, 3]]),
        ("-----BEGIN CERTIFICATE-----\nAQI\n-----END CERTIFICATE-----\n\(block)", [[1, 2, 3]]),
        ("-----BEGIN CERTIFICATE-----\nAQID", []),
        ("-----BEGIN CERTIFICATE-----", []),
        ("-----BEGIN CERTIFICATE-----\nKey: value\n\nAQID\n-----END CERTIFICATE-----\n", []),
        ("-----BEGIN PUBLIC KEY-----\nAQID\n-----END PUBLIC KEY-----\n\(block)", [[1, 2, 3]]),
        ("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n", [[]]),
    ]

    @Test(arguments: rows.indices)
    func finds(_ index: Int) {
        let row = Self.rows[index]
        #expect(LoosePEM.certificates(in: Array(row.text.utf8)) == row.found)
    }
}
