internal import Codec
internal import EVM
internal import Ledger
internal import Node
internal import Payments
internal import Primitives
internal import Proofs
internal import Registry
internal import Trie

/// Makes receipt documents from the chain: the record leads to the block, the event in it to the
/// transaction, and its calldata holds the rest. So nothing about a receipt is stored twice.
struct ReceiptFinder {
    let node: Node

    /// The document, or nil when no such settlement is known or it was made by a contract, whose
    /// calldata no transaction shows.
    func document(_ id: Hash) -> ReceiptDocument? {
        let head = node.state(of: node.head.header)
        guard
            let settled = SettlementRecord(
                id, from: { head.storage(NativeAddress.settlement, $0) }),
            let hash = node.chain.hash(of: settled.blockNumber),
            let block = node.chain.block(hash), let records = node.chain.records(hash),
            let index = records.firstIndex(where: { record in
                record.receipt.logs.contains { SettlementRecord.isEvent($0, of: id) }
            }),
            block.transactions[index].to == NativeAddress.settlement,
            let call = SettleCall(calldata: block.transactions[index].input)
        else { return nil }
        let header = block.header
        let receipt = call.receipt(
            chainID: node.config.chainID, blockNumber: header.number, timestamp: header.timestamp,
            evidence: call.countedEvidence.map(\.digest))
        let domain = StateTokenView(node: node).domain(of: receipt.payment.asset)
        let proofKey = proofKey(of: receipt, head)
        return try? ReceiptDocument(
            receipt: receipt, evidence: call.countedEvidence, output: call.output,
            tokenName: domain?.name ?? "", tokenVersion: domain?.version ?? "", header: header,
            state: node.state(of: header), nodes: node.chain, proofKey: proofKey)
    }

    /// The verification key of the receipt's proof; empty where there is none, or where it is long.
    private func proofKey(of receipt: SettlementReceipt, _ state: TrieState) -> [UInt8] {
        guard receipt.evidence.contains(where: { $0.kind == .zk }),
            let model = ModelRecord.commitment(
                of: receipt.statement.modelID,
                from: { state.storage(NativeAddress.registry, $0) }),
            let key = try? node.models.key(model.weightsRoot, of: model.graphHash),
            key.file.count <= ReceiptDocument.proofKeyBytesMax
        else { return [] }
        return key.file
    }
}
