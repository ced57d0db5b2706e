import Attestation
import Codec
import Files
import Primitives
import TestSupport
import Testing

@Suite struct CertificateTests {
    /// The vendors' roots and intermediates in DER.
    static func vendorCertificates() throws -> [(name: String, bytes: [UInt8])] {
        guard let folder = SharedData.folder else { return [] }
        return try Files.all(below: folder + "/attestation/roots").filter { $0.hasSuffix(".der") }
            .sorted().map { ($0, try Files.read($0, bytesMax: 1 << 16)) }
    }

    @Test(.enabled(if: SharedData.folder != nil, "no shared data"))
    func readsTheVendorsCertificates() throws {
        let files = try Self.vendorCertificates()
        #expect(files.count == 15)
        for file in files {
            let certificate = try Certificate(file.bytes)
            #expect(certificate.encoding.elementsEqual(file.bytes))
            #expect(certificate.unknownCriticalExtension == nil, "\(file.name)")
            #expect(certificate.subject.commonName != nil)
            if certificate.issuer == certificate.subject {
                try certificate.checkSignature(by: certificate.key)
                #expect(certificate.basicConstraints?.isAuthority == true)
            }
        }
    }

    /// The root of Nitro enclaves with one change inside what is signed.
    private func changed(_ change: (inout DERNode) -> Void) throws -> [UInt8] {
        let root = try #require(Self.vendorCertificates().first { $0.name.contains("nitro") })
        var reader = DERReader(root.bytes)
        var node = DERNode(try reader.readElement())
        change(&node.children[0])
        return node.bytes
    }

    /// Texts that OpenSSL would not read either, or that no vendor writes.
    @Test(
        .enabled(if: SharedData.folder != nil, "no shared data"),
        arguments: [
            (DERTag.utf8String, [0xc3, 0xa9], nil), (DERTag.utf8String, [], nil),
            (DERTag.printableString, [0x41], nil), (DERTag.ia5String, [0x40], nil),
            (DERTag.numericString, [0x30], nil), (DERTag.teletexString, [0xe9], nil),
            (DERTag.utf8String, [0xc3], .invalidText),
            (DERTag.utf8String, [0xc0, 0x80], .invalidText),
            (DERTag.utf8String, [0xed, 0xa0, 0x80], .invalidText),
            (0x1e, [0, 0x41], .wrongTag(wanted: DERTag.utf8String, got: 0x1e)),
            (0x1c, [0, 0, 0, 0x41], .wrongTag(wanted: DERTag.utf8String, got: 0x1c)),
            (DERTag.octetString, [0x41], .wrongTag(wanted: DERTag.utf8String, got: 4)),
        ] as [(UInt8, [UInt8], DERError?)])
    func textsOfNamesAreText(_ tag: UInt8, _ contents: [UInt8], _ refusal: DERError?) throws {
        let bytes = try changed { body in
            body.children[3].children[0].children[0].children[1].tag = tag
            body.children[3].children[0].children[0].children[1].contents = contents
        }
        if let refusal {
            #expect(throws: refusal) { try Certificate(bytes) }
        } else {
            _ = try Certificate(bytes)
        }
    }

    /// Algorithms that are not known here have the form that all have.
    @Test(
        .enabled(if: SharedData.folder != nil, "no shared data"),
        arguments: [
            ([], nil), ([0x05, 0x00], nil), ([0x06, 0x01, 0x2a], nil), ([0x30, 0x00], nil),
            ([0x05, 0x00, 0x05, 0x00], .trailingBytes(2)), ([0x05, 0x01, 0x00], .invalidNull),
            ([0x06, 0x01, 0x80], .invalidObjectIdentifier),
            ([0x01, 0x01, 0x01], .wrongTag(wanted: DERTag.sequence, got: 1)),
        ] as [([UInt8], DERError?)])
    func parametersOfUnknownKeysAreOne(_ parameters: [UInt8], _ refusal: DERError?) throws {
        let bytes = try changed { body in
            // The element is written as it stands, whatever is in it.
            body.children[6].children[0].children = []
            body.children[6].children[0].contents = [0x06, 0x03, 0x2b, 0x65, 0x70] + parameters
        }
        if let refusal {
            #expect(throws: refusal) { try Certificate(bytes) }
        } else {
            guard case .other = try Certificate(bytes).key else {
                Issue.record("a key that is known")
                return
            }
        }
    }
}
