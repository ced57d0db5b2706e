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
}
