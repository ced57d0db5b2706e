import Proofs
import Testing

@Suite struct SoundnessTests {
    private func parameters(
        logBlowup: Int = 3, queryCount: Int = 121, workBits: Int = 0, logRows: Int = 10,
        stacks: [StackShape] = [StackShape(logColumns: 4)], folds: [Int] = [3, 2]
    ) throws(ProofError) -> OpeningParameters {
        try OpeningParameters(
            logBlowup: logBlowup, queryCount: queryCount, workBits: workBits, logRows: logRows,
            stacks: stacks, folds: folds)
    }

    @Test(
        "Queries for 100 bits by unique decoding",
        arguments: [
            (1, 0, 241), (2, 0, 148), (3, 0, 121), (4, 0, 110), (5, 0, 105), (6, 0, 103),
            (2, 12, 130), (3, 16, 102),
        ])
    func countsQueries(_ row: (logBlowup: Int, workBits: Int, count: Int)) throws {
        let count = OpeningParameters.queries(logBlowup: row.logBlowup, workBits: row.workBits)
        #expect(count == row.count)
        let enough = try parameters(
            logBlowup: row.logBlowup, queryCount: count, workBits: row.workBits)
        #expect(enough.securityBits == 100)
        #expect(throws: ProofError.weakParameters(bits: 99, required: 100)) {
            try parameters(
                logBlowup: row.logBlowup, queryCount: count - 1, workBits: row.workBits)
        }
    }

    @Test("Every event is counted, and the queries are the weakest")
    func explains() throws {
        let made = try parameters(
            stacks: [StackShape(logColumns: 4), StackShape(logColumns: 6, isPrefolded: true)])
        let events = made.explain()
        #expect(
            events.map(\.name) == [
                "sumcheck, degree 2", "proximity: columns of stack 0",
                "proximity: columns of stack 1", "proximity and values: stacks combined",
                "fold 0", "fold 1", "121 queries", "collision of SHA-256",
            ])
        // 28/|F|; 2·8192·k/|F|; (2·8192 + 1)/|F|; (2·(8192 + 4096 + 2048) + 3)/|F|;
        // (2·(1024 + 512) + 2)/|F|
        #expect(
            events.map(\.error.bits) == [180, 169, 168, 171, 170, 173, 100, 127])
        #expect(SoundnessEvent.total(events).bits == made.securityBits)
        #expect(SoundnessEvent.total([]).bits > 1000)
    }

    @Test("Parameters out of range are refused, each for its own reason")
    func refusesRanges() {
        let many = [StackShape](repeating: StackShape(logColumns: 0), count: 9)
        #expect(throws: ProofError.parameterOutOfRange(.logBlowup, 0)) {
            try parameters(logBlowup: 0)
        }
        #expect(throws: ProofError.parameterOutOfRange(.logBlowup, 7)) {
            try parameters(logBlowup: 7)
        }
        #expect(throws: ProofError.parameterOutOfRange(.queryCount, 0)) {
            try parameters(queryCount: 0)
        }
        #expect(throws: ProofError.parameterOutOfRange(.queryCount, 513)) {
            try parameters(queryCount: 513)
        }
        #expect(throws: ProofError.parameterOutOfRange(.workBits, 25)) {
            try parameters(workBits: 25)
        }
        #expect(throws: ProofError.parameterOutOfRange(.logRows, 23)) {
            try parameters(logRows: 23)
        }
        #expect(throws: ProofError.parameterOutOfRange(.logRows, 28)) {
            try parameters(logBlowup: 6, logRows: 22, folds: [6, 6])
        }
        #expect(throws: ProofError.parameterOutOfRange(.stackCount, 0)) {
            try parameters(stacks: [])
        }
        #expect(throws: ProofError.parameterOutOfRange(.stackCount, 9)) {
            try parameters(stacks: many)
        }
        #expect(throws: ProofError.parameterOutOfRange(.logColumns, 15)) {
            try parameters(stacks: [StackShape(logColumns: 15)])
        }
        #expect(throws: ProofError.parameterOutOfRange(.foldLog, 7)) {
            try parameters(folds: [7])
        }
        #expect(throws: ProofError.parameterOutOfRange(.foldLog, 0)) {
            try parameters(folds: [1, 0])
        }
        #expect(throws: ProofError.parameterOutOfRange(.clearLog, -1)) {
            try parameters(folds: [6, 5])
        }
        #expect(throws: ProofError.parameterOutOfRange(.clearLog, 13)) {
            try parameters(logRows: 13, folds: [])
        }
        #expect(throws: ProofError.weakParameters(bits: 0, required: 100)) {
            try parameters(queryCount: 1)
        }
    }

    @Test("Bytes and parameters are one to one")
    func roundTrips() throws {
        let made = try parameters(
            workBits: 5,
            stacks: [
                StackShape(logColumns: 4), StackShape(logColumns: 6, isPrefolded: true),
                StackShape(logColumns: 0, isSalted: true),
            ])
        let bytes = made.bytes
        #expect(bytes == [1, 3, 121, 0, 5, 10, 3, 4, 0, 6, 1, 0, 2, 2, 3, 2])
        var reader = ProofReader(bytes)
        #expect(try OpeningParameters(reader: &reader) == made)
        try reader.finish()
        for count in bytes.indices {
            #expect(
                throws: ProofError.truncated(
                    wanted: count == 2 || count == 3 ? 2 : 1, left: count == 3 ? 1 : 0)
            ) {
                var reader = ProofReader(Array(bytes[..<count]))
                _ = try OpeningParameters(reader: &reader)
            }
        }
        // All but the low byte of the queries, which may be 255.
        for at in bytes.indices where at != 2 {
            var changed = bytes
            changed[at] = 255
            #expect(throws: ProofError.self) {
                var reader = ProofReader(changed)
                _ = try OpeningParameters(reader: &reader)
                try reader.finish()
            }
        }
    }

    @Test("One query, or a wrong version or flag, is refused on reading")
    func refusesBytes() {
        func read(_ bytes: [UInt8]) throws(ProofError) {
            var reader = ProofReader(bytes)
            _ = try OpeningParameters(reader: &reader)
        }
        #expect(throws: ProofError.weakParameters(bits: 0, required: 100)) {
            try read([1, 3, 1, 0, 0, 4, 1, 2, 0, 0])
        }
        #expect(throws: ProofError.parameterOutOfRange(.version, 2)) { try read([2]) }
        #expect(throws: ProofError.parameterOutOfRange(.stackFlags, 4)) {
            try read([1, 3, 121, 0, 0, 4, 1, 2, 4, 0])
        }
    }

    @Test("Masks have columns and rows for all they hide, and stand last")
    func refusesBadMasks() throws {
        func make(_ stacks: [StackShape], logRows: Int = 7) throws(ProofError) {
            _ = try OpeningParameters(
                logBlowup: 4, queryCount: 110, logRows: logRows, stacks: stacks)
        }
        let hidden = StackShape(logColumns: 2, isSalted: true)
        let masks = StackShape(logColumns: 5, isSalted: true, isMask: true)
        #expect(throws: Never.self) { try make([hidden, masks]) }
        for (stacks, flags) in [
            ([masks, hidden], 6),
            ([hidden, StackShape(logColumns: 4, isSalted: true, isMask: true)], 6),
            ([hidden, StackShape(logColumns: 5, isMask: true)], 4),
            (
                [
                    hidden,
                    StackShape(logColumns: 5, isPrefolded: true, isSalted: true, isMask: true),
                ], 7
            ),
            ([StackShape(logColumns: 10, isSalted: true), masks], 6),
        ] as [([StackShape], Int)] {
            #expect(throws: ProofError.parameterOutOfRange(.stackFlags, flags)) {
                try make(stacks)
            }
        }
        #expect(throws: ProofError.parameterOutOfRange(.stackFlags, 6)) {
            try make([hidden, masks], logRows: 6)
        }
    }
}
