internal import Codec

/// Another EVM that runs message calls and tells how long they took.
final class EVMPeer {
    enum Kind: String, CaseIterable {
        case revm
        case pyEVM = "py-evm"
        case eels

        /// Whether it takes too long to be asked as often as we are.
        var isSlow: Bool { self != .revm }
    }

    /// What the peer says of its runs.
    struct Answer {
        /// As the peer counts it: of transactions for revm, of message calls for the others.
        let gas: UInt64?
        let microseconds: [Double]
    }

    /// Why it has no answer.
    struct Refusal: Error {
        let text: String
        /// It was stopped because the time given had passed.
        var isOverTime: Bool { text.hasPrefix("TimeoutError") }
    }

    let kind: Kind
    private let process: PeerProcess

    init(_ kind: Kind) throws {
        self.kind = kind
        process = try PeerProcess([".venv/bin/python", "tools/evm-peer", kind.rawValue])
    }

    /// - Parameters:
    ///   - question: the case as `tools/evm-peer` reads it.
    ///   - seconds: for the first run.
    func run(_ question: JSONObject, runs: Int, seconds: Int = 60) throws(Refusal) -> Answer {
        var question = question
        question["runs"] = .number(JSONNumber(runs))
        question["seconds"] = .number(JSONNumber(seconds))
        let line = String(decoding: JSON.object(question).serialized, as: UTF8.self)
        guard let text = process.ask(line), let answer = try? JSON(parsing: Array(text.utf8)) else {
            throw Refusal(text: "it has ended")
        }
        let times = (answer["times"]?.array ?? []).compactMap(\.double)
        guard times.count == runs else {
            throw Refusal(text: answer["error"]?.string ?? "it answered \(text.prefix(200))")
        }
        return Answer(gas: answer["gas"]?.uint64, microseconds: times.map { $0 / 1000 })
    }
}
