internal import Codec
internal import EVM
internal import Ledger
internal import Primitives

/// Runs official transaction tests: bytes that each fork accepts or refuses.
///
/// Source: ethereum/tests `TransactionTests`.
public enum TransactionTest {
    /// One case for each fork that a file's tests name.
    public static func run(_ bytes: [UInt8], file: String) -> [CaseResult] {
        guard let tests = (try? JSON(parsing: bytes, limits: FixtureLimits.json))?.object else {
            return [.broken(file, in: file, "no JSON object")]
        }
        return tests.entries.flatMap { name, test -> [CaseResult] in
            guard let results = test["result"]?.object,
                let encoded = try? Fixture.bytes(test["txbytes"], "txbytes")
            else { return [.broken(name, in: file, "no txbytes or result")] }
            return results.entries.map { fork, wanted in
                run(encoded, fork: fork, wanted: wanted, name: "\(name) [\(fork)]", file: file)
            }
        }
    }

    private static func run(
        _ bytes: [UInt8], fork: String, wanted: JSON, name: String, file: String
    ) -> CaseResult {
        guard let revision = ForkName.rules(fork)?.revision else {
            return .broken(name, in: file, "unknown fork \(fork)")
        }
        let exception = wanted["exception"]?.string
        let transaction: Transaction
        do {
            transaction = try Transaction(decoding: bytes)
            try TransactionRules(revision: revision, chainID: 1).check(transaction)
        } catch {
            return CaseResult(
                name: name, file: file, pass: exception != nil, got: "\(error)",
                want: exception ?? "accepted")
        }
        if let exception {
            return CaseResult(name: name, file: file, pass: false, got: "accepted", want: exception)
        }
        let sender = transaction.recoverSender(allowsHighS: revision < .homestead)
        let got = [
            transaction.hash.hex, sender?.hex ?? "",
            UInt256(IntrinsicGas.of(transaction, in: revision)).hexQuantity,
        ]
        let gas = (try? Fixture.word(wanted["intrinsicGas"], "intrinsicGas"))?.hexQuantity
        let want = [wanted["hash"]?.string ?? "", wanted["sender"]?.string ?? "", gas ?? ""]
        let isSame = got == want && transaction.encoded == bytes
        return CaseResult(
            name: name, file: file, pass: isSame, got: got.joined(separator: " "),
            want: want.joined(separator: " "))
    }
}
