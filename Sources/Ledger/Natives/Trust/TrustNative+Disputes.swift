internal import Codec
internal import Crypto
internal import EVM
internal import Payments
internal import Primitives
internal import Registry

// Whose word was contradicted: two signed statements about one run that say different things.

extension TrustNative {
    static let reportSignature =
        "reportDisagreement(\(VerifierNative.statementType),(uint8,bytes),"
        + "\(VerifierNative.statementType),(uint8,bytes),bytes)"

    var disputes: [NativeFunction] {
        [
            NativeFunction(Self.reportSignature, report),
            NativeFunction(view: "disputes(address)") { (call, input) throws(NativeFailure) in
                let signer = try input.arguments { (reader) throws(ABIError) in
                    try reader.readAddress()
                }
                let count = DisputeCount(try call.read(DisputeCount.slot(signer)))
                return encoded { writer in
                    writer.write(count.disagreements)
                    writer.write(count.foundRight)
                    writer.write(count.foundWrong)
                }
            },
        ]
    }

    /// What the chain found about two outputs. The numbers are part of events.
    private enum Verdict: UInt8 {
        case notRun = 0
        case firstIsRight = 1
        case secondIsRight = 2
        case neitherIsRight = 3
    }

    /// A statement and who signed for it.
    private struct Word {
        let statement: Statement
        let signer: Address
        /// Over the statement's digest and the signer.
        let hash: Hash
    }

    private func report(
        _ call: inout NativeCall, _ input: inout ABIReader
    ) throws(NativeFailure) -> [UInt8] {
        let request = try input.arguments { (reader) throws(ABIError) in
            try ReportCall(reading: &reader)
        }
        try call.charge(
            NativeGas.input(
                bytes: request.first.data.count + request.second.data.count
                    + request.input.count))
        try Self.checkContradiction(request.firstStatement, request.secondStatement)
        let words = [
            try Self.word(request.firstStatement, request.first, &call),
            try Self.word(request.secondStatement, request.second, &call),
        ]
        let slot = DisputeCount.reportSlot(words[0].hash, words[1].hash)
        let before = try call.read(slot)
        let isNews = before.isZero
        // Whoever reported it before without the input left the verdict to others.
        guard isNews || (before.limb1 == 0 && !request.input.isEmpty) else {
            throw NativeError.alreadyReported(at: before.limb0).failure
        }
        let verdict = try verdict(on: words, request.input, &call)
        try call.write(
            slot,
            UInt256(isNews ? call.block.timestamp : before.limb0)
                | UInt256(UInt64(verdict.rawValue)) << 64)
        for (index, word) in words.enumerated() {
            let isRight = verdict.rawValue == UInt8(index + 1)
            try Self.count(word.signer, isNews: isNews, verdict, isRight: isRight, &call)
        }
        try log(words, verdict, &call)
        return UInt256(UInt64(verdict.rawValue)).bigEndianBytes
    }

    private static func checkContradiction(
        _ first: Statement, _ second: Statement
    ) throws(NativeFailure) {
        let reason: String? =
            if first.modelID != second.modelID {
                "the models differ"
            } else if first.systemHash != second.systemHash {
                "the systems differ"
            } else if first.inputHash != second.inputHash {
                "the inputs differ"
            } else if first.outputHash == second.outputHash {
                "the outputs are one"
            } else {
                nil
            }
        if let reason { throw NativeError.noDisagreement(reason).failure }
    }

    /// Who stands behind a statement by its evidence, which must hold.
    private static func word(
        _ statement: Statement, _ piece: RawEvidence, _ call: inout NativeCall
    ) throws(NativeFailure) -> Word {
        let evidence = try piece.known()
        let subject = EvidenceSubject(statement, lists: PolicyLists(), call)
        let verdict: EvidenceVerdict
        switch evidence.kind {
        case .signed:
            verdict = try EvidenceCheck.signed(evidence.data, about: subject, &call)
        case .reexecuted:
            guard
                case .executor(let executor, let signature)? =
                    try? ReexecutionEvidence(decoding: evidence.data)
            else {
                throw NativeError.invalidEvidence(.reexecuted, "no executor has signed").failure
            }
            verdict = try EvidenceCheck.executor(executor, signature, about: subject, &call)
        case .plain, .tee, .zk: throw NativeError.unsupportedEvidence(evidence.kind).failure
        }
        switch verdict {
        case .refused(let refusal): throw refusal.failure
        case .holds(_, .signer(let signer)), .holds(_, .executor(let signer)):
            try call.charge(NativeGas.keccak(bytes: 64))
            return Word(
                statement: statement, signer: signer,
                hash: Keccak.hash(subject.digest.word, signer.word))
        case .holds: throw NativeError.unsupportedEvidence(evidence.kind).failure
        }
    }

    /// Runs the model where the input is there and the run is not too costly.
    private func verdict(
        on words: [Word], _ input: [UInt8], _ call: inout NativeCall
    ) throws(NativeFailure) -> Verdict {
        guard !input.isEmpty else { return .notRun }
        let statement = words[0].statement
        switch try ChainRun.outputHash(
            of: statement.modelID, for: input, hashing: statement.inputHash,
            in: verifier.models, &call)
        {
        case .failure(let error): throw error.failure
        case .success(let hash):
            if hash == words[0].statement.outputHash { return .firstIsRight }
            return hash == words[1].statement.outputHash ? .secondIsRight : .neitherIsRight
        }
    }

    private static func count(
        _ signer: Address, isNews: Bool, _ verdict: Verdict, isRight: Bool,
        _ call: inout NativeCall
    ) throws(NativeFailure) {
        let slot = DisputeCount.slot(signer)
        var count = DisputeCount(try call.read(slot))
        if isNews { count.disagreements &+= 1 }
        if verdict != .notRun {
            if isRight { count.foundRight &+= 1 } else { count.foundWrong &+= 1 }
        }
        try call.write(slot, count.word)
    }

    private func log(
        _ words: [Word], _ verdict: Verdict, _ call: inout NativeCall
    ) throws(NativeFailure) {
        try call.log(
            topics: [
                TrustEvent.disagreement, words[0].statement.modelID,
                Hash(words[0].signer.word), Hash(words[1].signer.word),
            ],
            data: encoded { data in
                data.write(words[0].statement.inputHash)
                data.write(words[0].statement.outputHash)
                data.write(words[1].statement.outputHash)
                data.write(UInt64(verdict.rawValue))
            })
    }
}

/// The arguments of `ITrust.reportDisagreement`.
private struct ReportCall {
    let firstStatement: Statement
    let first: RawEvidence
    let secondStatement: Statement
    let second: RawEvidence
    let input: [UInt8]

    init(reading reader: inout ABIReader) throws(ABIError) {
        firstStatement = try Statement(reading: &reader)
        first = try ReportCall.evidence(&reader)
        secondStatement = try Statement(reading: &reader)
        second = try ReportCall.evidence(&reader)
        input = try reader.readBytes(max: NativeLimits.evidenceBytesMax)
    }

    private static func evidence(_ reader: inout ABIReader) throws(ABIError) -> RawEvidence {
        var tuple = try reader.readTuple()
        return RawEvidence(
            kind: try tuple.readUInt8(),
            data: try tuple.readBytes(max: NativeLimits.evidenceBytesMax))
    }
}
