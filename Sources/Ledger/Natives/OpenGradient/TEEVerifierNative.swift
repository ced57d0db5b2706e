internal import Codec
internal import Crypto
internal import EVM
internal import Payments
internal import Primitives

/// OpenGradient's attestation precompile at `0x…0900`: what og-evm answers, nothing stricter.
///
/// Interface in `contracts/modules/ITEEVerifier.vyi`. What cannot be verified gives false, never
/// a revert; unknown functions and arguments that are no ABI encoding fail the call and take its
/// gas. Prices are flat. Nothing of the chain's own settlement rests on it: it takes documents
/// whatever their header says, with signatures of either sign and intermediates in any order.
enum TEEVerifierNative {
    static let verifyAttestationSignature = "verifyAttestation(bytes,bytes,bytes,bytes)"
    static let verifyRSAPSSSignature = "verifyRSAPSS(bytes,bytes32,bytes)"

    static let attestationGas: UInt64 = 500_000
    static let rsaPSSGas: UInt64 = 20_000

    static let precompile = NativePrecompile(address: NativeAddress.teeVerifier) {
        (call) throws(NativeFailure) in
        switch Array(call.input.prefix(4)) {
        case attestationSelector:
            try call.charge(attestationGas)
            return try verifyAttestation(call)
        case rsaPSSSelector:
            try call.charge(rsaPSSGas)
            return try verifyRSAPSS(call)
        default: throw .halt(.precompileFailed)
        }
    }

    private static let attestationSelector = ABISignature.selector(verifyAttestationSignature)
    private static let rsaPSSSelector = ABISignature.selector(verifyRSAPSSSignature)

    // MARK: Limits, in bytes

    private static let documentMax = 16 * 1024
    private static let certificateMax = 8 * 1024
    private static let keyMax = 8 * 1024
    private static let signatureMax = 1024
    private static let pcrMax = 64
    private static let modulusBytes = 256...1024

    // MARK: Times, in milliseconds

    private static let ageMax: UInt64 = 300_000
    private static let aheadMax: UInt64 = 60_000
    /// 31 January 2025.
    private static let earliest: UInt64 = 1_738_281_600_000

    // MARK: verifyAttestation

    private static func verifyAttestation(_ call: NativeCall) throws(NativeFailure) -> [UInt8] {
        let inputs = try arguments(call) { (reader) throws(ABIError) in
            var inputs: [[UInt8]] = []
            for _ in 0..<4 { inputs.append(try reader.readBytes(max: call.input.count)) }
            return inputs
        }
        let pcrHash = attested(
            document: inputs[0], signingKey: inputs[1], certificate: inputs[2], root: inputs[3],
            time: call.block.timestamp)
        return encoded { writer in
            writer.write(pcrHash != nil)
            writer.write(pcrHash ?? .zero)
        }
    }

    /// keccak256(PCR0 ‖ PCR1 ‖ PCR2) of a document that holds and binds the two; nil otherwise.
    ///
    /// - Parameter root: PEM; empty for the root of AWS.
    /// - Parameter time: seconds since 1970.
    static func attested(
        document: [UInt8], signingKey: [UInt8], certificate: [UInt8], root: [UInt8], time: UInt64
    ) -> Hash? {
        guard (1...documentMax).contains(document.count), (1...keyMax).contains(signingKey.count),
            (1...certificateMax).contains(certificate.count), root.count <= certificateMax,
            let document = LooseDocument(document), let pcr0 = document.pcrs[0],
            let pcr1 = document.pcrs[1], let pcr2 = document.pcrs[2],
            isFresh(document.timestamp, at: time),
            binds(document.userData, certificate: certificate, signingKey: signingKey),
            isSigned(document), isTrusted(document, root: root, time: time)
        else { return nil }
        let pcrs = [pcr0, pcr1, pcr2]
        guard pcrs.allSatisfy({ $0.count <= pcrMax }) else { return .zero }
        return Keccak.hash(pcrs.flatMap { $0 })
    }

    /// - Parameter timestamp: milliseconds since 1970.
    private static func isFresh(_ timestamp: UInt64, at time: UInt64) -> Bool {
        let (now, isWide) = time.multipliedReportingOverflow(by: 1000)
        guard !isWide, timestamp >= earliest else { return false }
        return timestamp > now ? timestamp - now <= aheadMax : now - timestamp <= ageMax
    }

    /// Nitriding's user data: two bytes that nobody checks before each of two SHA-256.
    private static func binds(
        _ userData: [UInt8], certificate: [UInt8], signingKey: [UInt8]
    ) -> Bool {
        userData.count == 68 && userData[2..<34].elementsEqual(SHA256.hash(certificate).bytes)
            && userData[36..<68].elementsEqual(SHA256.hash(signingKey).bytes)
    }

    private static func isSigned(_ document: LooseDocument) -> Bool {
        guard let key = LooseCertificate(document.certificate)?.key.p384 else { return false }
        return P384.verify(
            digest: SHA384.hash(document.signed), signature: document.signature[...], key: key)
    }

    private static func isTrusted(_ document: LooseDocument, root: [UInt8], time: UInt64) -> Bool {
        let roots =
            root.isEmpty
            ? [NitroRoot.certificate]
            : LoosePEM.certificates(in: root).compactMap { LooseCertificate($0) }
        let intermediates = document.chain.compactMap { LooseCertificate($0) }
        guard !roots.isEmpty, intermediates.count == document.chain.count,
            let leaf = LooseCertificate(document.certificate)
        else { return false }
        return LooseChain(
            roots: roots, intermediates: intermediates, time: time
        ).holds(for: leaf)
    }

    // MARK: verifyRSAPSS

    private static func verifyRSAPSS(_ call: NativeCall) throws(NativeFailure) -> [UInt8] {
        let (key, message, signature) = try arguments(call) { (reader) throws(ABIError) in
            let key = try reader.readBytes(max: call.input.count)
            let message = try reader.readHash()
            return (key, message, try reader.readBytes(max: call.input.count))
        }
        let verdict = isSigned(message, signature: signature, key: key)
        return encoded { $0.write(verdict) }
    }

    /// RSA-PSS with SHA-256, MGF1 and a salt of 32 bytes, over the SHA-256 of the hash.
    static func isSigned(_ message: Hash, signature: [UInt8], key: [UInt8]) -> Bool {
        guard key.count <= keyMax, signature.count <= signatureMax,
            let key = LooseKey.whole(key), case .rsa(let modulus, _) = key,
            modulusBytes.contains(modulus.count)
        else { return false }
        return key.verifies(signature, over: message.bytes, by: .rsaPSS(.sha256))
    }

    private static func arguments<Value>(
        _ call: NativeCall, _ body: (inout ABIReader) throws(ABIError) -> Value
    ) throws(NativeFailure) -> Value {
        var reader = ABIReader(call.input, from: 4)
        do {
            return try body(&reader)
        } catch {
            throw .halt(.precompileFailed)
        }
    }
}
