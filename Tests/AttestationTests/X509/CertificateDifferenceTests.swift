import Attestation
import Codec
import Crypto
import Files
import Primitives
import TestSupport
import Testing

/// Certificates as OpenSSL reads them: it takes all that is taken here and finds the same in it,
/// and what only it takes breaks a rule that `Certificate` names.
@Suite(.enabled(if: SharedData.folder != nil, "no shared data"))
struct CertificateDifferenceTests {
    /// The rules by which `Certificate` is stricter than OpenSSL.
    enum Rule: String, CaseIterable {
        case definiteLength, shortestLength, tag, boolean, integer, natural, width, null
        case bitString, objectIdentifier, time
        case version3, noUniqueIDs, algorithmTwice, extensionOnce, nameText
        /// A key, a constraint, a usage or parameters of PSS that are not of their form: OpenSSL
        /// reads these when it is asked for them.
        case readAtOnce
    }

    @Test func readsAllRealCertificatesAlike() throws {
        let certificates = try RealCertificates.all()
        #expect(certificates.count > 60)
        for bytes in certificates {
            let ours = try Certificate(bytes)
            let theirs = try #require(OpenSSLCertificate(bytes))
            #expect(theirs.hasKey)
            #expect(difference(ours, theirs) == nil, "\(ours.subject)")
        }
    }

    @Test func differsOnChangedOnesByItsRulesOnly() throws {
        let certificates = try RealCertificates.all()
        let rounds = Sweep.isWhole ? 300_000 : 30_000
        var mutator = DERMutator(seed: 6)
        var counts: [Rule: Int] = [:]
        var (both, neither) = (0, 0)
        for round in 0..<rounds {
            let original = certificates[round % certificates.count]
            let bytes = mutator.mutate(original)
            let theirs = OpenSSLCertificate(bytes)
            do throws(DERError) {
                let ours = try Certificate(bytes)
                guard let theirs else {
                    Issue.record("round \(round): only OpenSSL refuses \(Hex.encode(bytes))")
                    continue
                }
                both += 1
                if let name = difference(ours, theirs) {
                    Issue.record("round \(round): another \(name) in \(Hex.encode(bytes))")
                }
            } catch {
                guard let theirs else {
                    neither += 1
                    continue
                }
                let before = try #require(OpenSSLCertificate(original))
                guard let rule = rule(error, theirs, before) else {
                    Issue.record("round \(round): \(error) for \(Hex.encode(bytes))")
                    continue
                }
                counts[rule, default: 0] += 1
            }
        }
        let table = Rule.allCases.map { "\($0.rawValue) \(counts[$0] ?? 0)" }
        Attachment.record(
            "\(rounds) changed: both \(both), neither \(neither), only OpenSSL: "
                + table.joined(separator: ", ") + "\n", named: "certificates.txt")
        for rule in Rule.allCases {
            #expect(counts[rule, default: 0] > 0, "\(rule.rawValue) was not reached")
        }
        #expect(both > rounds / 20)
    }

    /// The first field that differs.
    private func difference(_ ours: Certificate, _ theirs: OpenSSLCertificate) -> String? {
        let key: [UInt8]? =
            switch ours.key {
            case .p256(let point), .p384(let point): [4] + point
            case .rsa(let modulus):
                DERWriter.sequence([
                    DERWriter.natural(modulus), DERWriter.natural(UInt64(RSAPSS.exponent)),
                ])
            case .other: nil
            }
        let extensions = ours.extensions.map {
            OpenSSLCertificate.Extension(
                type: $0.type.contents, isCritical: $0.isCritical, value: Array($0.value))
        }
        let fields: [(String, Bool)] = [
            ("version", theirs.version == 2),
            ("serial number", ours.serial.elementsEqual(theirs.serial)),
            ("sign of the serial number", !theirs.isSerialNegative),
            ("issuer", ours.issuer.encoding.elementsEqual(theirs.issuer)),
            ("subject", ours.subject.encoding.elementsEqual(theirs.subject)),
            ("begin", Int(exactly: ours.notBefore) == theirs.notBefore),
            ("end", Int(exactly: ours.notAfter) == theirs.notAfter),
            ("key", key == nil || key == theirs.keyBits),
            ("signature", ours.signature.elementsEqual(theirs.signature)),
            ("algorithm", theirs.isAlgorithmRepeated),
            ("identifier", !theirs.hasUniqueIDs),
            ("extension", extensions == theirs.extensions),
        ]
        return fields.first { !$0.1 }?.0
    }

    /// The rule that a refusal of what OpenSSL takes goes by; nil where there is none.
    private func rule(
        _ error: DERError, _ theirs: OpenSSLCertificate, _ before: OpenSSLCertificate
    ) -> Rule? {
        switch error {
        case .indefiniteLength: return .definiteLength
        case .nonShortestLength, .lengthTooWide: return .shortestLength
        case .wideTag: return .tag
        // The bit that says that elements are inside.
        case .wrongTag(let wanted, let got) where wanted == got | 0x20 && wanted != got:
            return .tag
        // The algorithm's other place, which must have the same bytes.
        case .wrongTag(let wanted, let got) where wanted == got: return .algorithmTwice
        case .invalidBoolean: return .boolean
        case .invalidNull: return .null
        case .invalidBitString: return .bitString
        case .negative: return .natural
        case .tooWide: return .width
        case .invalidTime: return .time
        case .invalidText: return nil
        case .invalidInteger: return theirs.version == 2 ? .integer : .version3
        case .invalidObjectIdentifier:
            let types = theirs.extensions.map(\.type)
            return Set(types).count < types.count ? .extensionOnce : .objectIdentifier
        case .wrongTag, .truncated, .trailingBytes:
            if theirs.version != 2 { return .version3 }
            if !theirs.isAlgorithmRepeated { return .algorithmTwice }
            if theirs.hasUniqueIDs { return .noUniqueIDs }
            if theirs.issuer != before.issuer || theirs.subject != before.subject {
                return .nameText
            }
            let isSame =
                theirs.keyInfo == before.keyInfo && theirs.extensions == before.extensions
                && theirs.hasKey
            return isSame ? nil : .readAtOnce
        }
    }
}

/// The certificates of all real evidence in the shared data, each once.
enum RealCertificates {
    static func all() throws -> [[UInt8]] {
        var found: [[UInt8]] = try CertificateTests.vendorCertificates().map(\.bytes)
        let folder = try #require(SharedData.folder) + "/attestation/"
        // Those with another word behind `-vek` were changed on purpose.
        for suffix in ["-vek.der", "-bad1.der", "-bad2.der"] {
            found += try files(folder + "snp/certs", suffix)
        }
        for file in try files(folder + "nitro/real", ".bin") {
            let document = try NitroDocument(file)
            found += (document.bundle + [document.certificate]).map { Array($0) }
        }
        for file in try files(folder + "dcap/real", ".bin") {
            found += try PEM.decode(
                DCAPQuote(decoding: file).certificates, label: "CERTIFICATE", blocksMax: 3)
        }
        for file in try files(folder + "dcap/collateral", ".json", prefix: "s-") {
            let raw = try RawDCAPCollateral(json: JSON(parsing: file))
            for chain in [
                raw.pckCRLIssuerChain, raw.tcbInfoIssuerChain, raw.qeIdentityIssuerChain,
            ] {
                found += try PEM.decode(chain[...], label: "CERTIFICATE", blocksMax: 3)
            }
        }
        for file in try Files.all(below: folder + "nvgpu/real").sorted()
        where file.hasSuffix(".bin") {
            let pem = try Files.read(file.dropLast(4) + ".chain.pem")
            found += try GPUEvidence(Files.read(file), pem: pem).certificates
        }
        var seen: Set<[UInt8]> = []
        return found.filter { seen.insert($0).inserted }
    }

    private static func files(
        _ folder: String, _ suffix: String, prefix: String = ""
    ) throws -> [[UInt8]] {
        try Files.names(in: folder).filter { $0.hasSuffix(suffix) && $0.hasPrefix(prefix) }
            .map { try Files.read(folder + "/" + $0) }
    }
}
