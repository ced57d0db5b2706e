internal import Codec
internal import Crypto
internal import EVM
internal import Ledger
internal import Primitives

/// An account before a case runs.
struct CaseAccount: Sendable, Equatable {
    struct Slot: Sendable, Equatable {
        var slot: UInt256
        var value: UInt256
    }

    var address: Address
    var nonce: UInt64 = 0
    /// Wei.
    var balance: UInt256 = .zero
    var code: [UInt8] = []
    /// Distinct slots, ascending.
    var storage: [Slot] = []

    /// No state may hold such an account since EIP-161.
    var isEmpty: Bool { nonce == 0 && balance.isZero && code.isEmpty }

    var change: AccountChange {
        AccountChange(
            address: address,
            account: Account(nonce: nonce, balance: balance, codeHash: Keccak.hash(code)),
            storage: storage.filter { !$0.value.isZero }.map { ($0.slot, $0.value) },
            code: code.isEmpty ? nil : code)
    }

    var json: JSON {
        var slots = JSONObject()
        for entry in storage where !entry.value.isZero {
            slots[entry.slot.hexQuantity] = .string(entry.value.hexQuantity)
        }
        return [
            "balance": .string(balance.hexQuantity), "nonce": .string(UInt256(nonce).hexQuantity),
            "code": .string(Hex.encodePrefixed(code)), "storage": .object(slots),
        ]
    }
}

/// The block that a case runs in.
struct CaseBlock: Sendable, Equatable {
    var number: UInt64 = 1000
    /// Seconds since 1970.
    var timestamp: UInt64 = 2000
    var beneficiary = Address(truncating: 0xc01)
    var gasLimit: UInt64 = 30_000_000
    var baseFee: UInt256 = .zero
    var prevRandao = Hash([UInt8](repeating: 7, count: 32))
    var excessBlobGas: UInt64 = 0

    func context(_ rules: DifferentialCase.Rules) -> BlockContext {
        BlockContext(
            chainID: 1, number: number, timestamp: timestamp, beneficiary: beneficiary,
            gasLimit: gasLimit, baseFee: baseFee, prevRandao: prevRandao,
            blobBaseFee: blobBaseFee(rules))
    }

    func blobBaseFee(_ rules: DifferentialCase.Rules) -> UInt256 {
        FeeMarket.blobBaseFee(
            excess: excessBlobGas, fraction: rules.blobs.baseFeeUpdateFraction)
    }

    /// The `env` of a state test.
    var json: JSON {
        [
            "currentCoinbase": .string(beneficiary.hex),
            "currentGasLimit": .string(UInt256(gasLimit).hexQuantity),
            "currentNumber": .string(UInt256(number).hexQuantity),
            "currentTimestamp": .string(UInt256(timestamp).hexQuantity),
            "currentDifficulty": "0x0", "currentRandom": .string(prevRandao.hex),
            "currentBaseFee": .string(baseFee.hexQuantity),
            "currentExcessBlobGas": .string(UInt256(excessBlobGas).hexQuantity),
        ]
    }
}

/// A small state and the block that comes next.
struct CaseWorld: Sendable, Equatable {
    /// Distinct addresses, ascending.
    var accounts: [CaseAccount] = []
    var block = CaseBlock()

    subscript(address: Address) -> CaseAccount {
        get { accounts.first { $0.address == address } ?? CaseAccount(address: address) }
        set {
            if let index = accounts.firstIndex(where: { $0.address >= address }) {
                if accounts[index].address == address {
                    accounts[index] = newValue
                } else {
                    accounts.insert(newValue, at: index)
                }
            } else {
                accounts.append(newValue)
            }
        }
    }

    var changes: [AccountChange] { accounts.filter { !$0.isEmpty }.map(\.change) }

    var json: JSON {
        var object = JSONObject()
        for account in accounts where !account.isEmpty {
            object[account.address.hex] = account.json
        }
        return .object(object)
    }
}

/// Keys whose accounts send and authorize.
enum CaseKey {
    static let all: [PrivateKey] = (0..<5).compactMap {
        try? PrivateKey(Keccak.hash(Array("differ key \($0)".utf8)).bytes)
    }
    /// How many of them send transactions; the others only authorize.
    static let senderCount = 3
}
