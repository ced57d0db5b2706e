internal import Codec
internal import Crypto
internal import Primitives

extension DevelopmentAuthority {
    /// A Nitro-format document: five certificates with the lifetimes, path lengths and extensions
    /// of AWS's, and a payload with AWS's fields in AWS's order.
    ///
    /// Cost: five P-384 signatures and five derived keys.
    public func nitroDocument(_ request: NitroRequest) -> [UInt8] {
        precondition(NitroRequest.times.contains(request.time), "a time of the root's validity")
        precondition(request.pcrs.count == NitroRequest.pcrCount, "a document has 16 registers")
        precondition(request.pcrs.allSatisfy { $0.count == SHA384.byteCount }, "of 48 bytes")
        // The root of the fault has another key and the same name.
        let issuer =
            request.fault == .otherRoot
            ? DevelopmentAuthority(seed: SHA256.hash(seed + [1]).bytes) : self
        let chain = issuer.chain(request)
        let payload = DevelopmentAuthority.payload(request, chain)
        let signer = request.fault == .otherSigner ? issuer.key("nobody") : chain.leafKey
        let signature = signer.sign(NitroEnvelope.signedPart(payload[...]))
        var writer = CBORWriter()
        writer.open(arrayOf: 4)
        writer.append(bytes: NitroEnvelope.protectedHeader)
        writer.open(mapOf: 0)
        writer.append(bytes: payload)
        writer.append(bytes: signature)
        return writer.bytes
    }

    private struct Chain {
        /// Root, regional, zonal, instance.
        let bundle: [[UInt8]]
        let leaf: [UInt8]
        let leafKey: DevelopmentKey
    }

    /// Lifetimes in seconds, as seen in AWS's certificates.
    private enum Lifetime {
        static let regional: UInt64 = 1_731_600
        static let zonal: UInt64 = 518_400
        static let instance: UInt64 = 86_400
        static let leaf: UInt64 = 10_803
    }

    /// The chain at a time. Certificates begin at round times and live more than twice as long, so
    /// that documents of one hour share them, as AWS's do.
    private func chain(_ request: NitroRequest) -> Chain {
        let time = request.time
        let region = "zz-local-1.assay.nitro-enclaves"
        let regional = Authority(
            self, "regional", lifetime: Lifetime.regional, every: 720_000, at: time, pathLength: 2,
            suffix: region)
        let zonal = Authority(
            self, "zonal", lifetime: Lifetime.zonal, every: 216_000, at: time, pathLength: 1,
            suffix: "zonal.\(region)")
        let instance = Authority(
            self, "instance/\(request.instance)", lifetime: Lifetime.instance, every: 36_000,
            at: time, pathLength: 0, name: "i-\(request.instance).\(region)")
        let root = Authority(name: Self.rootName, key: nitroRootKey)
        let leafKey = key("leaf/\(request.moduleID)/\(time / 3600)")
        return Chain(
            bundle: [
                nitroRoot, regional.certificate(by: root), zonal.certificate(by: regional),
                instance.certificate(by: zonal),
            ],
            leaf: leaf(request, leafKey, by: instance), leafKey: leafKey)
    }

    private func leaf(
        _ request: NitroRequest, _ key: DevelopmentKey, by issuer: Authority
    ) -> [UInt8] {
        var notBefore = request.time - request.time % 3600
        switch request.fault {
        case .expiredLeaf: notBefore -= 2 * Lifetime.leaf
        case .futureLeaf: notBefore += Lifetime.leaf
        default: break
        }
        let template = CertificateTemplate(
            serial: Self.serial("nitro/leaf/\(request.moduleID)/\(notBefore)", seed: seed),
            issuer: issuer.name, subject: Self.name("\(request.moduleID).zz-local-1.assay"),
            notBefore: notBefore, notAfter: notBefore + Lifetime.leaf,
            extensions: [
                .basicConstraints(isAuthority: false),
                .keyUsage(.digitalSignature, isCritical: false),
            ])
        return template.signed(
            for: key, by: request.fault == .selfSignedLeaf ? key : issuer.key)
    }

    /// A certificate authority below the root, or the root itself.
    private struct Authority {
        let name: CertificateTemplate.Name
        let key: DevelopmentKey
        private var notBefore: UInt64 = 0
        private var lifetime: UInt64 = 0
        private var pathLength: UInt64 = 0
        private var serial: [UInt8] = []

        init(name: CertificateTemplate.Name, key: DevelopmentKey) {
            self.name = name
            self.key = key
        }

        /// Either a whole name, or one of 16 digits before a suffix.
        init(
            _ authority: DevelopmentAuthority, _ label: String, lifetime: UInt64,
            every period: UInt64, at time: UInt64, pathLength: UInt64, suffix: String = "",
            name: String? = nil
        ) {
            // A minute early, as clocks differ.
            notBefore = time - time % period - 60
            let place = "\(label)/\(notBefore)"
            serial = DevelopmentAuthority.serial("nitro/\(place)", seed: authority.seed)
            let digits = Hex.encode(serial.suffix(8))
            self.name = DevelopmentAuthority.name(name ?? "\(digits).\(suffix)")
            key = authority.key(place)
            self.lifetime = lifetime
            self.pathLength = pathLength
        }

        func certificate(by issuer: Authority) -> [UInt8] {
            // The instance's certificate signs no lists and names none.
            let isInstance = pathLength == 0
            let usage: KeyUsage =
                isInstance ? .keyCertSign : [.digitalSignature, .keyCertSign, .crlSign]
            let list = CertificateTemplate.Extension.revocationList(
                "http://crl.assay.invalid/\(Hex.encode(issuer.serial)).crl")
            return CertificateTemplate(
                serial: serial, issuer: issuer.name, subject: name, notBefore: notBefore,
                notAfter: notBefore + lifetime,
                extensions: [
                    .basicConstraints(isAuthority: true, pathLength: pathLength),
                    .authorityKey(issuer.key), .subjectKey(key),
                    .keyUsage(usage, isCritical: true),
                ] + (isInstance ? [] : [list])
            ).signed(for: key, by: issuer.key)
        }
    }

    /// The payload's map, indefinite as AWS writes it since 2025.
    private static func payload(_ request: NitroRequest, _ chain: Chain) -> [UInt8] {
        let age: UInt64 = request.fault == .stale ? 86_400 : 0
        var pcrs = request.pcrs
        if request.fault == .wrongMeasurement { pcrs[0][0] ^= 1 }
        if request.fault == .debug {
            for index in 0...2 { pcrs[index] = [UInt8](repeating: 0, count: SHA384.byteCount) }
        }
        var writer = CBORWriter()
        writer.openMap()
        writer.append(text: "module_id")
        writer.append(text: request.moduleID)
        writer.append(text: "digest")
        writer.append(text: "SHA384")
        writer.append(text: "timestamp")
        writer.append((request.time - age) * 1000)
        writer.append(text: "pcrs")
        writer.open(mapOf: pcrs.count)
        for (index, value) in pcrs.enumerated() {
            writer.append(UInt64(index))
            writer.append(bytes: value)
        }
        writer.append(text: "certificate")
        writer.append(bytes: chain.leaf)
        writer.append(text: "cabundle")
        writer.open(arrayOf: chain.bundle.count)
        for certificate in chain.bundle { writer.append(bytes: certificate) }
        writer.append(text: "public_key")
        writer.append(optional: request.publicKey)
        writer.append(text: "user_data")
        writer.append(optional: request.userData)
        writer.append(text: "nonce")
        writer.append(optional: request.nonce)
        writer.close()
        return writer.bytes
    }
}
