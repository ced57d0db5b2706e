import Inference
import Primitives
import TestSupport
import Testing

@testable import Proofs

@Suite struct VerificationKeyTests {
    private func graph(weights: Bool) throws -> IntegerGraph {
        if weights { return try SmallGraph.dense() }
        return try SmallGraph.wide(count: 9)
    }

    @Test(arguments: [true, false])
    func readsWhatItWrites(_ hasWeights: Bool) throws {
        let key = try VerificationKey(graph: graph(weights: hasWeights))
        #expect((key.weightsRoot == .zero) == !hasWeights)
        let read = try VerificationKey(decoding: key.encoded)
        #expect(read == key)
        #expect(read.digest == key.digest)
        #expect(read.opening == key.opening)
        #expect(read.form == key.form)
        #expect(read.proofBytesMax == key.proofBytesMax)
        #expect(read.gas == key.gas)
        #expect(try VerificationKey(file: key.file) == key)
        #expect(throws: ProofError.notAKey) { try VerificationKey(file: key.encoded) }
    }

    @Test(arguments: 0..<12 as Range<UInt64>)
    func readsKeysOfRandomGraphs(_ seed: UInt64) throws {
        var random = RandomGraphs(seed: 300 + seed)
        let graph = try random.graph(nodes: 8)
        let key = try VerificationKey(graph: graph)
        let read = try VerificationKey(decoding: key.encoded)
        #expect(read == key)
        #expect(read.outline == GraphOutline(graph))
        #expect(read.forms == key.forms)
        #expect(key.securityBits >= 100)
        #expect((key.hiddenGas ?? 0) > key.gas / 2)
        #expect(key.forms.contains(.hidden) == (key.hiddenOpeningsMax > 0))
    }

    @Test(arguments: [true, false])
    func refusesEveryOtherLength(_ hasWeights: Bool) throws {
        let key = try VerificationKey(graph: graph(weights: hasWeights))
        for count in 0..<key.encoded.count {
            let error = #expect(throws: ProofError.self, "\(count)") {
                try VerificationKey(decoding: Array(key.encoded[..<count]))
            }
            guard case .truncated = error else {
                Issue.record("\(count) bytes: \(String(describing: error))")
                continue
            }
        }
        #expect(throws: ProofError.trailingBytes(1)) {
            try VerificationKey(decoding: key.encoded + [0])
        }
    }

    /// Whatever is read in another place is another key or none.
    @Test func refusesOrTellsApartEveryChangedByte() throws {
        let key = try VerificationKey(graph: graph(weights: true))
        for at in key.encoded.indices {
            var changed = key.encoded
            changed[at] ^= 1
            do throws(ProofError) {
                let other = try VerificationKey(decoding: changed)
                #expect(other != key && other.digest != key.digest)
            } catch {
                switch at {
                case 0..<4: #expect(error == .notAKey)
                case 4: #expect(error == .unsupportedVersion(0))
                case 5: #expect(error == .unsupportedVersion(257))
                default: break
                }
            }
        }
        let opening = try #require(key.opening).bytes
        let end = key.encoded.count - hiddenRoot(key).count
        for at in opening.indices {
            var changed = key.encoded
            changed[end - opening.count + at] ^= 1
            #expect(throws: ProofError.self) { try VerificationKey(decoding: changed) }
        }
    }

    /// The end of a small model's key: the root of the weights for hidden inputs.
    private func hiddenRoot(_ key: VerificationKey) -> [UInt8] {
        #expect((key.hiddenWeightsRoot != key.weightsRoot) == (key.hidden?.hasOwnWeights == true))
        return key.hidden?.hasOwnWeights == true ? key.hiddenWeightsRoot.bytes : []
    }

    @Test func refusesParametersOfOtherGraphs() throws {
        let key = try VerificationKey(graph: graph(weights: true))
        let own = try #require(key.opening)
        let tail = hiddenRoot(key)
        let body = Array(key.encoded.dropLast(own.bytes.count + tail.count))
        for other in [
            try OpeningParameters(
                logBlowup: own.logBlowup, queryCount: own.queryCount + 1, workBits: own.workBits,
                logRows: own.logRows, stacks: own.stacks, folds: own.folds),
            try OpeningParameters(
                logBlowup: own.logBlowup, queryCount: own.queryCount, workBits: own.workBits,
                logRows: own.logRows, stacks: own.stacks + [StackShape(logColumns: 0)],
                folds: own.folds),
        ] {
            #expect(throws: ProofError.parametersMismatch) {
                try VerificationKey(decoding: body + other.bytes + tail)
            }
        }
        // No root where weights are committed, and one where none are.
        var rootless = body
        for index in rootless.count - 32..<rootless.count { rootless[index] = 0 }
        #expect(throws: ProofError.parametersMismatch) {
            try VerificationKey(decoding: rootless + own.bytes + tail)
        }
        let whole = try VerificationKey(graph: graph(weights: false))
        var rooted = whole.encoded
        rooted[rooted.count - (whole.opening?.bytes.count ?? 0) - 1] = 1
        #expect(throws: ProofError.parametersMismatch) { try VerificationKey(decoding: rooted) }
    }

    @Test func refusesOtherOutlines() throws {
        let key = try VerificationKey(graph: graph(weights: true))
        var changed = key.encoded
        // The outline's magic.
        changed[10] ^= 1
        #expect(throws: ProofError.outline(.wrongMagic)) { try VerificationKey(decoding: changed) }
        // An outline said to be shorter than it is.
        changed = key.encoded
        changed[6] &-= 1
        let error = #expect(throws: ProofError.self) { try VerificationKey(decoding: changed) }
        guard case .outline(.truncated) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }
}
