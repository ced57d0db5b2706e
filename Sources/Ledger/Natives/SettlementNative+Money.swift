internal import Codec
internal import Crypto
internal import EVM
internal import Payments
internal import Primitives
internal import Registry
internal import Trie

// MARK: Moving money

extension SettlementNative {
    /// Brings the payment to its escrow address: by its authorization, or from a recorded deposit.
    func collect(
        _ payment: Payment, _ termsHash: Hash, _ id: Hash, _ call: inout NativeCall
    ) throws(NativeFailure) {
        try call.charge(2 * NativeGas.digest)
        let base = Deposit.base(receiptID: id, termsHash: termsHash)
        let deposit = try call.structure { read in Deposit(at: base, from: read) }
        if var deposit {
            try checkDeposit(deposit, payment, id)
            deposit.status = .spent
            try call.write(deposit.writes(at: base))
            return
        }
        let now = call.block.timestamp
        guard UInt256(now) > payment.validAfter else {
            throw NativeError.paymentNotYetValid(validAfter: payment.validAfter, now: now).failure
        }
        guard UInt256(now) < payment.validBefore else {
            throw NativeError.paymentExpired(validBefore: payment.validBefore, now: now).failure
        }
        let state = TokenCall.authorizationState(of: payment.payer, nonce: payment.nonce)
        if UInt256(bigEndian: try ask(state, &call).prefix(32)) != .zero {
            throw NativeError.authorizationUsed(
                payer: payment.payer, nonce: payment.nonce
            ).failure
        }
        let transfer = payment.authorization(to: Terms.escrow(termsHash: termsHash))
        try command(
            TokenCall.transferWithAuthorization(transfer, signedWith: payment.signature),
            as: nil, &call)
    }

    /// What a deposit does not have is not in its payment either, so a receipt holds nothing that
    /// was not checked.
    private func checkDeposit(
        _ deposit: Deposit, _ payment: Payment, _ id: Hash
    ) throws(NativeFailure) {
        guard deposit.status == .held else { throw NativeError.noDeposit(id).failure }
        guard deposit.amount == payment.amount else {
            throw NativeError.invalidDeposit("the deposit is of \(deposit.amount)").failure
        }
        guard payment.validAfter.isZero, payment.validBefore.isZero, payment.signature.isEmpty
        else {
            throw NativeError.invalidDeposit(
                "a deposited payment has no window and no signature"
            ).failure
        }
    }

    func pay(
        _ amount: UInt256, from escrow: Address, to payee: Address, _ call: inout NativeCall
    ) throws(NativeFailure) {
        try command(TokenCall.transfer(amount, to: payee), as: escrow, &call)
    }

    /// Calls the token; whatever it refuses is refused here with its reason.
    private func command(
        _ input: [UInt8], as sender: Address?, _ call: inout NativeCall
    ) throws(NativeFailure) {
        let outcome = try call.call(
            from: sender, to: token ?? .zero, input: input, gas: gasToForward(call))
        guard outcome.isSuccess else {
            throw NativeError.transferFailed(outcome.output).failure
        }
    }

    private func ask(
        _ input: [UInt8], _ call: inout NativeCall
    ) throws(NativeFailure) -> [UInt8] {
        let outcome = try call.call(
            to: token ?? .zero, input: input, gas: gasToForward(call), isStatic: true)
        guard outcome.isSuccess, outcome.output.count >= 32 else {
            throw NativeError.transferFailed(outcome.output).failure
        }
        return outcome.output
    }

    /// All but one 64th, as EVM code may forward (EIP-150).
    private func gasToForward(_ call: NativeCall) -> UInt64 {
        call.gasLeft - call.gasLeft / 64
    }

    // MARK: Deposits

    private static let authorizationUsed = ABISignature.topic("AuthorizationUsed(address,bytes32)")
    private static let transferred = ABISignature.topic("Transfer(address,address,uint256)")
    private static let depositRecorded = ABISignature.topic(
        "DepositRecorded(bytes32,bytes32,address,uint256)")
    private static let reclaimed = ABISignature.topic(
        "Reclaimed(bytes32,bytes32,address,uint256)")

    static let headerBytesMax = 1024
    static let proofNodesMax = 16
    static let proofNodeBytesMax = 256 << 10

    /// Records money that someone sent to an escrow address by the payer's authorization but
    /// without a settlement. The proof is of the transaction's receipt in one of the last 8,191
    /// blocks, which EIP-2935 keeps the hashes of.
    func recordDeposit(
        _ call: inout NativeCall, _ input: inout ABIReader
    ) throws(NativeFailure) -> [UInt8] {
        let (terms, payment, headerBytes, index, nodes) = try input.arguments {
            (reader) throws(ABIError) in
            (
                try Terms(reading: &reader), try Payment(reading: &reader),
                try reader.readBytes(max: Self.headerBytesMax), try reader.readUInt64(),
                try Self.proof(&reader)
            )
        }
        try call.charge(
            2 * NativeGas.digest + NativeGas.keccak(bytes: headerBytes.count)
                + nodes.reduce(0) { $0 + 2 * NativeGas.keccak(bytes: $1.count) })
        guard payment.asset == token else {
            throw NativeError.wrongAsset(expected: token ?? .zero, got: payment.asset).failure
        }
        let termsHash = terms.hash(chainID: call.block.chainID)
        let id = payment.receiptID
        let base = Deposit.base(receiptID: id, termsHash: termsHash)
        if try call.structure({ read in Deposit(at: base, from: read) }) != nil {
            throw NativeError.invalidDeposit("recorded before").failure
        }
        // A settlement logs the same transfer, and its money is gone.
        guard try call.read(SettlementRecord.base(id)).isZero else {
            throw NativeError.alreadySettled(id).failure
        }
        let header = try pastHeader(headerBytes, &call)
        let receipt = try Self.receipt(at: index, in: header, nodes)
        guard receipt.result == .status(true),
            Self.shows(
                payment, to: Terms.escrow(termsHash: termsHash), in: receipt.logs)
        else {
            throw NativeError.invalidDeposit("the receipt shows no such transfer").failure
        }
        let deposit = Deposit(timestamp: header.timestamp, amount: payment.amount)
        try call.write(deposit.writes(at: base))
        try call.log(
            topics: [Self.depositRecorded, id, termsHash, Hash(payment.payer.word)],
            data: payment.amount.bigEndianBytes)
        return []
    }

    private static func proof(_ reader: inout ABIReader) throws(ABIError) -> [[UInt8]] {
        var (count, elements) = try reader.readArray(max: proofNodesMax)
        var nodes: [[UInt8]] = []
        for _ in 0..<count { nodes.append(try elements.readBytes(max: proofNodeBytesMax)) }
        return nodes
    }

    /// The header, when the chain remembers it.
    private func pastHeader(
        _ bytes: [UInt8], _ call: inout NativeCall
    ) throws(NativeFailure) -> Header {
        let header: Header
        do { header = try Header(decoding: bytes) } catch {
            throw NativeError.invalidDeposit("not a header: \(error)").failure
        }
        let window = SystemContract.historyWindow
        guard header.number < call.block.number, call.block.number - header.number <= window else {
            throw NativeError.invalidDeposit("block \(header.number) is out of reach").failure
        }
        let known = try call.read(
            UInt256(header.number % window), of: SystemContract.history)
        guard Hash(known) == Keccak.hash(bytes) else {
            throw NativeError.invalidDeposit("the header is not of this chain").failure
        }
        return header
    }

    private static func receipt(
        at index: UInt64, in header: Header, _ nodes: [[UInt8]]
    ) throws(NativeFailure) -> Receipt {
        do {
            var key = RLPWriter()
            key.write(index)
            guard
                let bytes = try TrieProof.verify(
                    root: header.receiptsRoot, key: key.bytes, proof: nodes)
            else { throw NativeError.invalidDeposit("no receipt at \(index)").failure }
            return try Receipt(decoding: bytes)
        } catch let failure as NativeFailure {
            throw failure
        } catch {
            throw NativeError.invalidDeposit("the proof does not hold: \(error)").failure
        }
    }

    /// Whether the token logged the use of the payer's nonce and, right behind it, the transfer.
    private static func shows(_ payment: Payment, to escrow: Address, in logs: [Log]) -> Bool {
        let used = [authorizationUsed, Hash(payment.payer.word), payment.nonce]
        let moved = [transferred, Hash(payment.payer.word), Hash(escrow.word)]
        return zip(logs, logs.dropFirst()).contains { first, second in
            first.address == payment.asset && second.address == payment.asset
                && first.topics == used && second.topics == moved
                && second.data == payment.amount.bigEndianBytes
        }
    }

    /// Hands a deposit that was not settled back to its payer.
    func reclaim(
        _ call: inout NativeCall, _ input: inout ABIReader
    ) throws(NativeFailure) -> [UInt8] {
        let (terms, payment) = try input.arguments { (reader) throws(ABIError) in
            (try Terms(reading: &reader), try Payment(reading: &reader))
        }
        try call.charge(2 * NativeGas.digest)
        let termsHash = terms.hash(chainID: call.block.chainID)
        let id = payment.receiptID
        let base = Deposit.base(receiptID: id, termsHash: termsHash)
        guard var deposit = try call.structure({ read in Deposit(at: base, from: read) }) else {
            throw NativeError.noDeposit(id).failure
        }
        try checkDeposit(deposit, payment, id)
        let (at, overflow) = deposit.timestamp.addingReportingOverflow(Deposit.settleSeconds)
        guard !overflow, call.block.timestamp >= at else {
            throw NativeError.notYetReclaimable(at: at, now: call.block.timestamp).failure
        }
        deposit.status = .spent
        try call.write(deposit.writes(at: base))
        try pay(
            deposit.amount, from: Terms.escrow(termsHash: termsHash), to: payment.payer, &call)
        try call.log(
            topics: [Self.reclaimed, id, termsHash, Hash(payment.payer.word)],
            data: deposit.amount.bigEndianBytes)
        return []
    }
}
