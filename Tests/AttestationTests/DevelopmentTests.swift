import Attestation
import Codec
import Crypto
import Files
import Primitives
import TestSupport
import Testing

@Suite struct DevelopmentTests {
    static let time: UInt64 = 1_790_000_000
    static let authority = DevelopmentAuthority()

    static func verify(
        _ bytes: [UInt8], anchors: TrustAnchors = authority.anchors, at time: UInt64 = time
    ) throws -> VerifiedAttestation {
        try NitroVerifier.verify(
            bytes, at: time, anchors: anchors,
            freshness: NitroVerifier.Freshness(ageMax: 10_800, skew: 60), allowsDebug: false)
    }

    @Test func issuesWhatItVerifies() throws {
        var request = NitroRequest(
            time: Self.time, userData: [1, 2, 3], nonce: [4], publicKey: [5, 6])
        let bytes = Self.authority.nitroDocument(request)
        let verified = try Self.verify(bytes)
        #expect(verified.type == .nitro)
        #expect(verified.reportData == [1, 2, 3])
        #expect(verified.nonce == [4])
        #expect(verified.publicKey == [5, 6])
        #expect(verified.issuedAt == Self.time)
        #expect(verified.isDevelopment && !verified.isDebug)
        #expect(verified.status == .upToDate)
        #expect(verified.measurement == Keccak.hash(request.pcrs[0...2].flatMap { $0 }))
        #expect(verified.platform == SHA256.hash(Array(request.moduleID.utf8)))
        // The leaf is the first to end: three hours after the hour it began in.
        #expect(verified.notAfter == Self.time - Self.time % 3600 + 10_803)
        #expect(throws: Never.self) { try Self.verify(bytes, at: verified.notAfter) }
        request.nonce = nil
        request.userData = nil
        request.publicKey = nil
        let plain = try Self.verify(Self.authority.nitroDocument(request))
        #expect(plain.nonce == nil && plain.publicKey == nil && plain.reportData == [])
        #expect(plain.identity != verified.identity)
    }

    @Test func sameCallGivesSameBytes() {
        let request = NitroRequest(time: Self.time, userData: [7])
        let bytes = Self.authority.nitroDocument(request)
        #expect(DevelopmentAuthority().nitroDocument(request) == bytes)
        let other = DevelopmentAuthority(seed: [UInt8](repeating: 9, count: 32))
        #expect(other.nitroDocument(request) != bytes)
        #expect(other.anchors != Self.authority.anchors)
    }

    /// Genesis files list this hash: a change of the issuer must not change it.
    @Test func rootIsPinned() {
        #expect(
            SHA256.hash(Self.authority.nitroRoot).hex
                == "0x515b10d506fe992e4e94aeda939e28fe47b560238d216763f83cbe27b9479821")
    }

    @Test(arguments: DevelopmentFault.allCases)
    func faultsAreRefusedByTheirReason(_ fault: DevelopmentFault) throws {
        let request = NitroRequest(time: Self.time, fault: fault)
        let bytes = Self.authority.nitroDocument(request)
        var reason: AttestationReason?
        do {
            let verified = try Self.verify(bytes)
            let good = NitroRequest(time: Self.time)
            #expect(verified.measurement != Keccak.hash(good.pcrs[0...2].flatMap { $0 }))
        } catch let error as AttestationError {
            reason = error.reason
        }
        #expect(reason == fault.expectedReason)
    }

    /// Every hour of a day and every day of a month has a chain that holds.
    @Test(arguments: [1_580_515_200, 1_790_000_000, 2_500_000_000] as [UInt64])
    func chainsHoldAtEveryHour(_ start: UInt64) throws {
        for step in 0..<40 as Range<UInt64> {
            let time = start + step * 61_200 + step
            let bytes = Self.authority.nitroDocument(NitroRequest(time: time))
            let verified = try Self.verify(bytes, at: time)
            #expect(verified.notAfter >= time + 7_203)
        }
    }

    @Test func developmentDocumentIsRefusedUnderTheVendorsRoot() {
        let bytes = Self.authority.nitroDocument(NitroRequest(time: Self.time))
        #expect(
            throws: AttestationError(.root, "the first certificate is no trusted root")
        ) { try Self.verify(bytes, anchors: .production) }
    }

    @Test(.enabled(if: SharedData.folder != nil, "no shared data"))
    func realDocumentIsRefusedUnderTheDevelopmentRoot() throws {
        let folder = try #require(SharedData.folder) + "/attestation/nitro/real/"
        let bytes = try Files.read(folder + "base-2024-11.bin")
        let time: UInt64 = 1_732_983_768
        #expect(throws: Never.self) { try Self.verify(bytes, anchors: .production, at: time) }
        #expect(
            throws: AttestationError(.root, "the first certificate is no trusted root")
        ) { try Self.verify(bytes, at: time) }
    }

    /// Field by field the form of AWS's certificates.
    @Test(.enabled(if: SharedData.folder != nil, "no shared data"))
    func certificatesHaveTheVendorsForm() throws {
        let folder = try #require(SharedData.folder) + "/attestation/nitro/real/"
        let real = try NitroDocument(try Files.read(folder + "dstack-2025-12.bin"))
        let ours = try NitroDocument(
            Self.authority.nitroDocument(NitroRequest(time: Self.time)))
        #expect(real.payload.first == ours.payload.first)
        let chains = try [real, ours].map {
            try CertificatePath($0.bundle + [$0.certificate]).certificates
        }
        for (theirs, mine) in zip(chains[0], chains[1]) {
            #expect(theirs.basicConstraints == mine.basicConstraints)
            #expect(
                theirs.extensions.map(\.isCritical).count { $0 }
                    == mine.extensions.map(\.isCritical).count { $0 })
            #expect(
                Set(theirs.extensions.map(\.type)) == Set(mine.extensions.map(\.type)),
                "\(theirs.subject)")
            #expect(theirs.algorithm == mine.algorithm)
            #expect(mine.keyUsage.map { theirs.keyUsage?.isSuperset(of: $0) == true } == true)
        }
        #expect(
            chains[1][0].subject.description
                == "CN=assay development root,O=Assay DEV ONLY,C=ZZ")
    }
}
