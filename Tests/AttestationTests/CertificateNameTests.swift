import Attestation
import Codec
import Testing

@Suite struct CertificateNameTests {
    private typealias Attribute = (type: OID, text: String)

    private static let commonName = OID(2, 5, 4, 3)

    /// A name of these sets of attributes.
    private static func name(_ sets: [[Attribute]]) throws -> CertificateName {
        let encoded = sets.map { attributes in
            let members = attributes.map {
                DERWriter.sequence([
                    DERWriter.objectIdentifier($0.type), DERWriter.utf8String($0.text),
                ])
            }
            return DERWriter.element(DERTag.set, members.flatMap { $0 })
        }
        var reader = DERReader(DERWriter.sequence(encoded))
        return try CertificateName(reading: &reader)
    }

    /// RFC 4514, sections 2.2 to 2.4.
    @Test func writesNames() throws {
        let rows: [(sets: [[Attribute]], text: String)] = [
            ([], ""),
            ([[(OID(2, 5, 4, 6), "US")], [(Self.commonName, "x")]], "CN=x,C=US"),
            ([[(Self.commonName, "a=b")]], "CN=a=b"),
            ([[(Self.commonName, "a,b+c\"d\\e<f>g;h")]], #"CN=a\,b\+c\"d\\e\<f\>g\;h"#),
            ([[(Self.commonName, "#a#")]], "CN=\\#a#"),
            ([[(Self.commonName, " a b ")]], #"CN=\ a b\ "#),
            ([[(Self.commonName, "a\0b")]], #"CN=a\00b"#),
            ([[(Self.commonName, ",\u{301}")]], "CN=\\,\u{301}"),
            (
                [[(Self.commonName, "x"), (OID(2, 5, 4, 11), "y")], [(OID(2, 5, 4, 10), "z")]],
                "O=z,CN=x+OU=y"
            ),
            (
                [[(OID(0, 9, 2342, 19_200_300, 100, 1, 25), "d")], [(OID(2, 5, 4, 9), "s")]],
                "STREET=s,DC=d"
            ),
            ([[(OID(2, 5, 4, 5), "7")]], "2.5.4.5=7"),
        ]
        for row in rows { #expect(try Self.name(row.sets).description == row.text) }
    }
}
