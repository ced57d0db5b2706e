import Attestation
import Testing

@Suite struct TCBStatusTests {
    /// Intel's rule for the states that modules and quoting enclaves have, pair by pair.
    @Test func joinsAsIntelDoes() {
        let rows: [(TCBStatus, with: TCBStatus, is: TCBStatus)] = [
            (.upToDate, .upToDate, .upToDate), (.upToDate, .outOfDate, .outOfDate),
            (.swHardeningNeeded, .upToDate, .swHardeningNeeded),
            (.swHardeningNeeded, .outOfDate, .outOfDate),
            (.configurationNeeded, .upToDate, .configurationNeeded),
            (.configurationNeeded, .outOfDate, .outOfDateConfigurationNeeded),
            (
                .configurationAndSWHardeningNeeded, .upToDate, .configurationAndSWHardeningNeeded
            ),
            (.configurationAndSWHardeningNeeded, .outOfDate, .outOfDateConfigurationNeeded),
            (.outOfDate, .upToDate, .outOfDate), (.outOfDate, .outOfDate, .outOfDate),
            (.outOfDateConfigurationNeeded, .upToDate, .outOfDateConfigurationNeeded),
            (.outOfDateConfigurationNeeded, .outOfDate, .outOfDateConfigurationNeeded),
        ]
        for row in rows {
            #expect(row.0.joined(with: row.with) == row.is, "\(row)")
            #expect(row.0.joined(with: .revoked) == .revoked)
        }
    }

    /// All pairs: no order counts, nothing gets better, and only one pair of kinds gets worse.
    @Test func joiningIsALattice() {
        for one in TCBStatus.allCases {
            #expect(one.joined(with: one) == one)
            for other in TCBStatus.allCases {
                let joined = one.joined(with: other)
                #expect(joined == other.joined(with: one))
                #expect(joined >= max(one, other))
                #expect(joined == max(one, other) || joined == .outOfDateConfigurationNeeded)
                for third in TCBStatus.allCases {
                    #expect(
                        joined.joined(with: third) == one.joined(with: other.joined(with: third)))
                }
            }
        }
    }

    /// A whole quote, by collateral with each pair of states.
    @Test(arguments: TCBStatus.allCases, [TCBStatus.upToDate, .outOfDate, .revoked])
    func quotesHaveTheJoinedState(_ platform: TCBStatus, _ enclave: TCBStatus) throws {
        let wanted = platform.joined(with: enclave)
        let raw = DCAPSample.platform.collateral(
            at: DCAPSample.time, status: platform, qeStatus: enclave)
        let verify = { () throws(AttestationError) in
            try DCAPQuote.verify(
                DCAPSample.quote, raw, anchors: DCAPSample.platform.anchors, at: DCAPSample.time)
        }
        if wanted == .revoked {
            let error = #expect(throws: AttestationError.self) { _ = try verify() }
            #expect(error?.reason == .tcbRevoked)
        } else {
            let verified = try verify()
            #expect(verified.attestation.status == wanted)
            #expect(verified.platformStatus == platform && verified.qeStatus == enclave)
        }
    }
}
