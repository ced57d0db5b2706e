import Attestation
import Testing

@Suite struct TCBStatusTests {
    /// Intel's rule as its library has it, written case by case: `convergeTcbStatusWithQeTcbStatus`
    /// takes the platform's status where the enclave's is neither out of date nor revoked, which
    /// is the only one left that identities state.
    private static func intel(_ platform: TCBStatus, _ enclave: TCBStatus) -> TCBStatus {
        switch (platform, enclave) {
        case (.revoked, _), (_, .revoked): .revoked
        case (.upToDate, .outOfDate), (.swHardeningNeeded, .outOfDate): .outOfDate
        case (.configurationNeeded, .outOfDate), (.configurationAndSWHardeningNeeded, .outOfDate):
            .outOfDateConfigurationNeeded
        default: platform
        }
    }

    /// Rows and columns in the order of the numbers: the lower left half, as the rule is the same
    /// for both.
    private static let table: [[TCBStatus]] = [
        [.upToDate],
        [.swHardeningNeeded, .swHardeningNeeded],
        [.configurationNeeded, .configurationAndSWHardeningNeeded, .configurationNeeded],
        [
            .configurationAndSWHardeningNeeded, .configurationAndSWHardeningNeeded,
            .configurationAndSWHardeningNeeded, .configurationAndSWHardeningNeeded,
        ],
        [
            .outOfDate, .outOfDate, .outOfDateConfigurationNeeded, .outOfDateConfigurationNeeded,
            .outOfDate,
        ],
        [
            .outOfDateConfigurationNeeded, .outOfDateConfigurationNeeded,
            .outOfDateConfigurationNeeded, .outOfDateConfigurationNeeded,
            .outOfDateConfigurationNeeded, .outOfDateConfigurationNeeded,
        ],
        [.revoked, .revoked, .revoked, .revoked, .revoked, .revoked, .revoked],
    ]

    @Test func mergesAllPairs() {
        for (row, line) in zip(TCBStatus.allCases, Self.table) {
            #expect(line.count == Int(row.rawValue) + 1)
            for (column, wanted) in zip(TCBStatus.allCases, line) {
                #expect(row.merged(with: column) == wanted, "\(row) and \(column)")
                #expect(column.merged(with: row) == wanted, "\(column) and \(row)")
                #expect(wanted >= max(row, column), "\(row) and \(column) are made better")
            }
        }
    }

    @Test func mergesInAnyOrder() {
        let all = TCBStatus.allCases
        for one in all {
            #expect(one.merged(with: one) == one && one.merged(with: .upToDate) == one)
            for two in all {
                for three in all {
                    #expect(
                        one.merged(with: two).merged(with: three)
                            == one.merged(with: two.merged(with: three)))
                }
            }
        }
    }

    /// The three states that identities of quoting enclaves state.
    @Test(arguments: TCBStatus.allCases, [TCBStatus.upToDate, .outOfDate, .revoked])
    func agreesWithIntel(_ platform: TCBStatus, _ enclave: TCBStatus) throws {
        let wanted = Self.intel(platform, enclave)
        #expect(platform.merged(with: enclave) == wanted)
        // The same of a whole quote, by collateral that says so.
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
