import Attestation
import Primitives
import Testing

@Suite struct DCAPCollateralTests {
    private static let anchors = DCAPSample.platform.anchors

    private func collateral(
        _ raw: RawDCAPCollateral = DCAPSample.raw, for tee: TEEType? = nil,
        at time: UInt64 = DCAPSample.time
    ) throws(AttestationError) -> DCAPCollateral {
        try DCAPCollateral(verifying: raw, for: tee, anchors: Self.anchors, at: time)
    }

    private func reason(_ body: () throws(AttestationError) -> Void) -> AttestationReason? {
        do throws(AttestationError) {
            try body()
            return nil
        } catch { return error.reason }
    }

    @Test func keepsWhatMatchingNeeds() throws {
        let kept = try collateral(
            DCAPSample.platform.collateral(
                at: DCAPSample.time, evaluationNumber: 18))
        #expect(kept.tee == .tdx && kept.evaluationNumber == 18)
        #expect(
            kept.window
                == Window(
                    start: DCAPSample.time, end: DCAPSample.time + 30 * 86_400))
        #expect(kept.tcbInfo.levels.count == 1 && kept.tcbInfo.moduleIdentities.count == 1)
        #expect(kept.revokedPCKs.serials.isEmpty)
    }

    /// Every part in turn: one bit here and there.
    @Test func everyPartIsChecked() throws {
        typealias Part = WritableKeyPath<RawDCAPCollateral, [UInt8]>
        let parts: [(Part, Set<AttestationReason>)] = [
            (\.pckCRLIssuerChain, [.chain]), (\.rootCACRL, [.chain]), (\.pckCRL, [.chain]),
            (\.tcbInfoIssuerChain, [.chain, .tcbInfoSignature]),
            (\.tcbInfo, [.tcbInfoSignature, .tcbInfoFormat]),
            (\.tcbInfoSignature, [.tcbInfoSignature]),
            (\.qeIdentityIssuerChain, [.chain, .qeIdentitySignature]),
            (\.qeIdentity, [.qeIdentitySignature]),
            (\.qeIdentitySignature, [.qeIdentitySignature]),
        ]
        for (part, reasons) in parts {
            for offset in stride(from: 1, to: DCAPSample.raw[keyPath: part].count, by: 97) {
                var raw = DCAPSample.raw
                raw[keyPath: part][raw[keyPath: part].count - offset] ^= 1
                let reason = reason { () throws(AttestationError) in _ = try collateral(raw) }
                #expect(reason.map(reasons.contains) == true, "\(part) \(offset): \(reason as Any)")
            }
            var empty = DCAPSample.raw
            empty[keyPath: part] = []
            #expect(reason { () throws(AttestationError) in _ = try collateral(empty) } != nil)
        }
    }

    @Test func windowsIncludeBothEnds() throws {
        let end = DCAPSample.time + 30 * 86_400
        for time in [DCAPSample.time, end] {
            try (try collateral(at: time)).checkWindows(at: time)
        }
        let kept = try collateral()
        for time in [DCAPSample.time - 1, end + 1, 0, .max] {
            let early = reason { () throws(AttestationError) in _ = try collateral(at: time) }
            #expect(early == .crlTime || early == .chainTime)
            let late = reason { () throws(AttestationError) in try kept.checkWindows(at: time) }
            #expect(late == .crlTime || late == .chainTime)
        }
    }

    @Test func anotherKindIsRefused() {
        #expect(
            reason { () throws(AttestationError) in _ = try collateral(for: .sgx) }
                == .tcbInfoType)
        var swapped = DCAPSample.raw
        swapped.tcbInfo = DCAPSample.raw.qeIdentity
        swapped.tcbInfoSignature = DCAPSample.raw.qeIdentitySignature
        #expect(
            reason { () throws(AttestationError) in _ = try collateral(swapped) } == .tcbInfoType)
    }

    @Test func encodingReadsBack() throws {
        let kept = try collateral()
        #expect(try DCAPCollateral(decoding: kept.encoded) == kept)
        #expect(kept.encoded.count < 1500)
    }

    /// Other bytes are refused, or are the one encoding of something else.
    @Test func encodingIsCanonical() throws {
        let bytes = try collateral().encoded
        for count in bytes.indices {
            #expect(throws: AttestationError.self) {
                try DCAPCollateral(decoding: Array(bytes[..<count]))
            }
        }
        #expect(throws: AttestationError.self) { try DCAPCollateral(decoding: bytes + [0]) }
        for bit in 0..<8 * bytes.count {
            var changed = bytes
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            guard let other = try? DCAPCollateral(decoding: changed) else { continue }
            #expect(other.encoded == changed)
        }
    }
}
