public import Codec
internal import Crypto
internal import Primitives

extension DifferentialCase {
    /// The case as a state test, with what each side found in `_info`.
    public func stateTest(name: String, ours: JSON, theirs: JSON) -> JSON {
        var pre = JSONObject()
        pre[DifferentialCase.caller.hex] = account(DifferentialCase.balance, nonce: 0, code: [])
        for (index, code) in codes.enumerated() {
            pre[DifferentialCase.contract(index).hex] = account(1000, nonce: 1, code: code)
        }
        let test: JSON = [
            "_info": ["assay": ours, "peer": theirs],
            "env": [
                "currentCoinbase": .string(DifferentialCase.coinbase.hex),
                "currentGasLimit": "0x1c9c380", "currentNumber": "0x3e8",
                "currentTimestamp": "0x7d0", "currentDifficulty": "0x0",
                "currentRandom": .string(Hash([UInt8](repeating: 7, count: 32)).hex),
                "currentBaseFee": "0x0", "currentExcessBlobGas": "0x0",
            ],
            "pre": .object(pre),
            "transaction": [
                "sender": .string(DifferentialCase.caller.hex), "nonce": "0x0",
                "gasPrice": "0x0", "to": .string(DifferentialCase.contract(0).hex),
                "data": [.string(Hex.encodePrefixed(input))],
                "gasLimit": [.string(UInt256(gas).hexQuantity)],
                "value": [.string(UInt256(value).hexQuantity)],
            ],
            "post": [
                rules.rawValue: [
                    ["hash": .string(Hash.zero.hex), "indexes": ["data": 0, "gas": 0, "value": 0]]
                ]
            ],
        ]
        return [name: test]
    }

    private func account(_ balance: UInt256, nonce: UInt64, code: [UInt8]) -> JSON {
        [
            "balance": .string(balance.hexQuantity), "nonce": .string(UInt256(nonce).hexQuantity),
            "code": .string(Hex.encodePrefixed(code)), "storage": [:],
        ]
    }
}
