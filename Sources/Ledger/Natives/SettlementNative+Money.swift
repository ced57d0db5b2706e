internal import Codec
internal import Crypto
internal import EVM
internal import Payments
internal import Primitives
internal import Registry

// MARK: Moving money

extension SettlementNative {
    /// Brings the payment to its escrow address, or finds it there: whoever sends the payer's
    /// authorization to the token first delays nothing and loses nothing.
    func collect(
        _ payment: Payment, _ termsHash: Hash, _ id: Hash, _ call: inout NativeCall
    ) throws(NativeFailure) {
        try call.charge(2 * NativeGas.digest)
        let escrow = Terms.escrow(termsHash: termsHash)
        let word = try authorizationWord(of: payment, &call)
        guard word.isUnused else {
            return try checkDeposit(word, payment, escrow, id, &call)
        }
        try Self.checkWindow(of: payment, at: call.block.timestamp)
        try command(
            TokenCall.transferWithAuthorization(
                payment.authorization(to: escrow), signedWith: payment.signature),
            as: nil, &call)
    }

    private func authorizationWord(
        of payment: Payment, _ call: inout NativeCall
    ) throws(NativeFailure) -> AuthorizationWord {
        try call.charge(2 * NativeGas.keccak(bytes: 64))
        let slot = AuthorizationWord.slot(of: payment.payer, nonce: payment.nonce)
        return AuthorizationWord(try call.read(slot, of: token ?? .zero))
    }

    /// The authorization is good strictly between its two times, as the token has it.
    private static func checkWindow(
        of payment: Payment, at time: UInt64
    ) throws(NativeFailure) {
        guard UInt256(time) > payment.validAfter else {
            throw NativeError.paymentNotYetValid(validAfter: payment.validAfter, now: time).failure
        }
        guard UInt256(time) < payment.validBefore else {
            throw NativeError.paymentExpired(validBefore: payment.validBefore, now: time).failure
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

    private static let reclaimed = ABISignature.topic(
        "Reclaimed(bytes32,bytes32,address,uint256)")

    /// The money of a used authorization must wait at the escrow address. The caller has seen
    /// that the payment has no receipt.
    ///
    /// A receipt holds nothing that was not checked: window and signature are either left out,
    /// all three, or the window holds the time of the transfer and the signature is the payer's
    /// own key's. What a contract wallet takes is not asked again: for it they are left out.
    private func checkDeposit(
        _ word: AuthorizationWord, _ payment: Payment, _ escrow: Address, _ id: Hash,
        _ call: inout NativeCall
    ) throws(NativeFailure) {
        guard word.isTransfer(of: payment.amount, to: escrow) else {
            throw NativeError.authorizationUsed(
                payer: payment.payer, nonce: payment.nonce
            ).failure
        }
        guard try call.read(Deposit.returnSlot(id)).isZero else {
            throw NativeError.noDeposit(id).failure
        }
        guard !payment.isBare else { return }
        try Self.checkWindow(of: payment, at: word.timestamp)
        try call.charge(NativeGas.recovery + NativeGas.digest)
        let domain = Hash(UInt256(bigEndian: try ask(TokenCall.domainSeparator, &call).prefix(32)))
        let digest = EIP712.digest(
            domainSeparator: domain, structHash: payment.authorization(to: escrow).structHash)
        guard let signature = try? Signature(bytes65: payment.signature), signature.isLowS,
            Secp256k1.recoverAddress(digest: digest, signature: signature) == payment.payer
        else {
            throw NativeError.invalidDeposit("the signature is not of the payer's key").failure
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
        // The asset is part of the id: another one would make a second id of one transfer.
        guard payment.asset == token else {
            throw NativeError.wrongAsset(expected: token ?? .zero, got: payment.asset).failure
        }
        let termsHash = terms.hash(chainID: call.block.chainID)
        let escrow = Terms.escrow(termsHash: termsHash)
        let id = payment.receiptID
        // A settlement leaves the same word in the token, and its money is gone.
        guard try call.read(SettlementRecord.base(id)).isZero else {
            throw NativeError.alreadySettled(id).failure
        }
        let word = try authorizationWord(of: payment, &call)
        guard word.isTransfer(of: payment.amount, to: escrow),
            try call.read(Deposit.returnSlot(id)).isZero
        else { throw NativeError.noDeposit(id).failure }
        let now = call.block.timestamp
        let (at, overflow) = word.timestamp.addingReportingOverflow(Deposit.settleSeconds)
        guard !overflow, now >= at else {
            throw NativeError.notYetReclaimable(at: at, now: now).failure
        }
        try call.write(Deposit.returnSlot(id), UInt256(now))
        try pay(payment.amount, from: escrow, to: payment.payer, &call)
        try call.log(
            topics: [Self.reclaimed, id, termsHash, Hash(payment.payer.word)],
            data: payment.amount.bigEndianBytes)
        return []
    }
}
