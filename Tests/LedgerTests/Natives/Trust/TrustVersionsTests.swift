import Attestation
import Codec
import Crypto
import EVM
import Files
import Ledger
import Payments
import Primitives
import Registry
import TestSupport
import Testing

/// SEV-SNP reports, and the least versions that the admin sets.
@Suite struct TrustVersionsTests {
    static let milanRoot = TrustQuoteTests.hash(
        "69d063b45344d26a2e94e1f4210de49ef555308287d4c174445c95639a540bcd")
    static let signature = "setSNPMinimum(uint8,uint24,(uint8,uint8,uint8,uint8,uint8),string)"

    /// What the dev reports run: boot loader 3, TEE 0, SNP 8, microcode 115.
    static let dev = SNPMinimum(bootLoader: 3, tee: 0, snp: 8, microcode: 0x73)
    static let processor: UInt32 = 0x19_0101

    private func set(
        _ least: SNPMinimum?, _ processor: UInt32, product: UInt8 = 1, on chain: TestChain,
        from sender: Address = TestChain.admin
    ) throws -> TransactionResult {
        try chain.trust(Self.signature, from: sender) { writer in
            writer.write(UInt64(product))
            writer.write(UInt64(processor))
            let least = least ?? SNPMinimum(.zero)
            for part in [least.bootLoader, least.tee, least.snp, least.microcode, least.fmc] {
                writer.write(UInt64(part))
            }
            writer.writeString("AMD-SB-3019")
        }
    }

    /// Reports of the vectors' own root on a chain that trusts it.
    struct Reports {
        let chain: TestChain
        let certificates: [[UInt8]]
        let folder: String

        init?(trust: [SlotWrite] = []) throws {
            guard let shared = SharedData.folder else { return nil }
            let folder = "\(shared)/attestation/snp"
            certificates = try ["dev-vcek", "dev-ask-milan", "dev-ark-milan"].map {
                try Files.read("\(folder)/certs/\($0).der")
            }
            chain = try TestChain(
                roots: [TrustVersionsTests.milanRoot: SHA256.hash(certificates[2])], trust: trust)
            chain.now = 1_780_000_000
            self.folder = folder
        }

        /// What the trust registry says of a report: a refusal's code, or the status.
        func ask(_ name: String) throws -> (code: String, status: TCBStatus?) {
            var evidence = try Files.read("\(folder)/dev/\(name).bin") + [3]
            for certificate in certificates {
                evidence += [UInt8(certificate.count & 0xff), UInt8(certificate.count >> 8)]
                evidence += certificate
            }
            let answer = try chain.askTrust("verify(uint8,bytes)") { writer in
                writer.write(UInt64(TEEType.snp.rawValue))
                writer.writeBytes(evidence)
            }
            try #require(answer.isSuccess)
            var reader = ABIReader(answer.output)
            let isValid = try reader.readBool()
            _ = try reader.readUInt64()
            let code = try reader.readString(max: 32)
            var report = try reader.readTuple()
            for _ in 0..<6 { _ = try report.readUInt256() }
            return (code, isValid ? TCBStatus(rawValue: try report.readUInt8()) : nil)
        }
    }

    /// Only code at VMPL 0 speaks for its guest.
    @Test func takesReportsOfTheMostPrivilegedCodeOnly() throws {
        guard let reports = try Reports() else { return }
        #expect(try reports.ask("ok-v3") == ("", .outOfDate))
        #expect(try reports.ask("ok-vmpl1") == ("E_GUEST_POLICY", nil))
        #expect(try reports.ask("sig-wrong-key") == ("E_SIG", nil))
    }

    @Test func isUpToDateOnceTheVersionsAreWhatTheAdminWants() throws {
        guard let reports = try Reports() else { return }
        let chain = reports.chain
        func expect(_ v3: TCBStatus, _ v2: TCBStatus, _ location: SourceLocation = #_sourceLocation)
            throws
        {
            #expect(try reports.ask("ok-v3").status == v3, sourceLocation: location)
            #expect(try reports.ask("ok-v2").status == v2, sourceLocation: location)
        }
        // Other products' entries are no concern of Milan's.
        try #require(try set(Self.dev, 0, product: 2, on: chain).succeeded)
        try expect(.outOfDate, .outOfDate)
        try #require(try set(Self.dev, 0, on: chain).succeeded)
        try expect(.upToDate, .upToDate)
        for part in 0..<4 {
            var higher = Self.dev
            switch part {
            case 0: higher.bootLoader += 1
            case 1: higher.tee += 1
            case 2: higher.snp += 1
            default: higher.microcode += 1
            }
            // A report of version 2 does not say which processor it is of.
            try #require(try set(higher, Self.processor, on: chain).succeeded)
            try expect(.outOfDate, .upToDate)
        }
        try #require(try set(nil, Self.processor, on: chain).succeeded)
        try expect(.upToDate, .upToDate)
        try #require(try set(nil, 0, on: chain).succeeded)
        try expect(.outOfDate, .outOfDate)
    }

    @Test func isTheAdminsToSay() throws {
        let chain = try TestChain()
        let stranger = Bargain.account(3)
        expect(
            try set(Self.dev, 0, on: chain, from: stranger), refuses: .notAdmin(TestChain.admin))
        let result = try set(Self.dev, Self.processor, on: chain)
        try #require(result.succeeded)
        #expect(result.logs.count == 1)
        #expect(
            result.logs.first?.topics.dropFirst().map(\.word)
                == [1, UInt256(UInt64(Self.processor)), TestChain.admin.word])
        func answer(_ product: UInt64, _ processor: UInt32) throws -> [UInt8] {
            try chain.askTrust("snpMinimum(uint8,uint24)") { writer in
                writer.write(product)
                writer.write(UInt64(processor))
            }.output
        }
        let words: [UInt256] = [3, 0, 8, 0x73, 0]
        #expect(try answer(1, Self.processor) == words.flatMap(\.bigEndianBytes))
        #expect(try answer(1, 0) == [UInt8](repeating: 0, count: 160))
    }

    @Test(
        arguments: [
            (0, 0, 0, "no product is 0"), (4, 0, 0, "no product is 4"),
            (1, 0x19_1001, 0, "the processor is none of Milan"),
            (2, 0x1a_0201, 0, "the processor is none of Genoa"),
            (1, 0, 1, "Milan has no FMC"), (2, 0, 1, "Genoa has no FMC"),
        ] as [(UInt8, UInt32, UInt8, String)])
    func refusesWhatNoMachineIsHeldAgainst(
        _ product: UInt8, _ processor: UInt32, _ fmc: UInt8, _ reason: String
    ) throws {
        let chain = try TestChain()
        var least = Self.dev
        least.fmc = fmc
        expect(
            try set(least, processor, product: product, on: chain),
            refuses: .invalidRecord(reason))
        try #require(
            try set(SNPMinimum(.max), 0x1a_0201, product: 3, on: chain).succeeded)
    }

    /// A key that a report registered is judged by what is set when it is used.
    @Test func aRegisteredKeyIsJudgedAgain() throws {
        let machine = SignerKey.secp256k1(try PrivateKey(Attested.machineKey).address)
        let claims: [UInt8] = [1, 0x19, 1, 1, 3, 0, 8, 0x73, 0]
        let record = AttestedKey(
            owner: Bargain.account(1), type: TEEType.snp.rawValue, scheme: machine.scheme.rawValue,
            key: machine.bytes, measurement: Attested.measurement, platform: Hash(1),
            identity: Hash(2), status: TCBStatus.upToDate.rawValue, isDevelopment: false,
            attestedAt: 1_799_999_000, registeredAt: 1_799_999_000, notAfter: .max)
        let known = record.writes(machine.id) + AttestedBasis(claims: claims).writes(machine.id)
        var attested = try Attested(policy: try Policy(text: "tee(types=snp)"), trust: known)
        try attested.listMeasurement()
        let refusal = NativeError.policyNotMet("tee: TCB status OutOfDate, at worst UpToDate")
        try attested.expectRefused([attested.keySigned], refusal)
        var higher = Self.dev
        higher.microcode += 1
        try #require(try set(higher, Self.processor, on: attested.chain).succeeded)
        try attested.expectRefused([attested.keySigned], refusal)
        try #require(try set(Self.dev, Self.processor, on: attested.chain).succeeded)
        try attested.expectPaid([attested.keySigned])
        let receipt = try attested.receiptDocument()
        let findings = try receipt.verify(trusting: attested.chain.parentHash)
        #expect(findings.facts.machines.first?.status == .upToDate)
        // A record without claims is never up to date.
        var bare = try Attested(
            policy: try Policy(text: "tee(types=snp)"), trust: record.writes(machine.id))
        try bare.listMeasurement()
        try #require(try set(Self.dev, Self.processor, on: bare.chain).succeeded)
        try bare.expectRefused([bare.keySigned], refusal)
    }

    @Test func mayComeWithTheGenesis() throws {
        let slot = SNPMinimum.slot(product: 1, processor: 0)
        guard let reports = try Reports(trust: [SlotWrite(slot, Self.dev.word)]) else { return }
        #expect(try reports.ask("ok-v3") == ("", .upToDate))
    }

    /// A real report that says less is reported than committed: the least counts.
    @Test func judgesARealMachineUnderAMDsRoot() throws {
        guard let folder = SharedData.folder.map({ "\($0)/attestation/snp" }) else { return }
        let chain = try TestChain()
        chain.now = 1_781_744_704
        let evidence = SNPEvidence(
            report: try SNPReport(decoding: try Files.read("\(folder)/real/milan-dstack-v3.bin")),
            vek: try Files.read("\(folder)/certs/milan-dstack-v3-vek.der"))
        func status() throws -> UInt8 {
            let answer = try chain.askTrust("verify(uint8,bytes)") { writer in
                writer.write(UInt64(TEEType.snp.rawValue))
                writer.writeBytes(evidence.encoded)
            }
            var reader = ABIReader(answer.output)
            try #require(try reader.readBool())
            for _ in 0..<2 { _ = try reader.readUInt256() }
            var report = try reader.readTuple()
            for _ in 0..<6 { _ = try report.readUInt256() }
            return try report.readUInt8()
        }
        for (snp, wanted) in [(0x18, TCBStatus.outOfDate), (0x17, .upToDate)]
            as [(UInt8, TCBStatus)]
        {
            let least = SNPMinimum(bootLoader: 4, tee: 0, snp: snp, microcode: 0xd5)
            try #require(try set(least, Self.processor, on: chain).succeeded)
            #expect(try status() == wanted.rawValue)
        }
    }
}
