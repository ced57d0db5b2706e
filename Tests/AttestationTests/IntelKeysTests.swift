import Crypto
import Files
import Primitives
import TestSupport
import Testing

@testable import Attestation

@Suite struct IntelKeysTests {
    @Test(.enabled(if: SharedData.folder != nil, "no shared data"))
    func areThoseOfIntelsCertificates() throws {
        let folder = try #require(SharedData.folder) + "/attestation/roots/"
        for (file, key) in [
            ("intel-sgx-root", IntelKeys.root),
            ("intel-pck-platform-ca", IntelKeys.platformAuthority),
            ("intel-pck-processor-ca", IntelKeys.processorAuthority),
            ("intel-tcb-signing-1", IntelKeys.tcbSigning),
            ("intel-tcb-signing-2", IntelKeys.tcbSigning),
        ] {
            let certificate = try Certificate(Files.read("\(folder)\(file).der"))
            #expect(certificate.key == .p256(key.key), "\(file)")
        }
        #expect(Set(IntelKeys.all.map(\.key)).count == 4)
    }

    /// Keys with a table and keys without, at first and when the tables are there.
    @Test func verifyAsTheGeneralCheckDoes() throws {
        let secret = [UInt8](repeating: 5, count: 32)
        let own = try #require(P256.publicKey(of: secret))
        for round in 0..<FrequentKey.patience + 10 {
            let digest = SHA256.hash([UInt8(truncatingIfNeeded: round)])
            let signature = try #require(P256.sign(digest: digest, secret: secret))
            #expect(IntelKeys.verify(digest: digest, signature: signature[...], key: own))
            for key in IntelKeys.all {
                #expect(!IntelKeys.verify(digest: digest, signature: signature[...], key: key.key))
            }
        }
        #expect(!IntelKeys.verify(digest: .zero, signature: [], key: []))
    }
}
