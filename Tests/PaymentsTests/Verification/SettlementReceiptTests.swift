import Codec
import Crypto
import Payments
import Primitives
import Testing

@Suite struct SettlementReceiptTests {
    /// By pyrlp 5.0.0.
    @Test func bytesAreThoseOfASecondWriter() throws {
        let receipt = try Samples.receipt()
        #expect(receipt.encoded.count == 672)
        #expect(
            receipt.hash.hex
                == "0x29f94119b1fa14548d7c8e8827d3c6a5672ac8807725f9f0d26dfdb510fe21a9")
        #expect(
            receipt.id.hex == "0xb7fc4f2d6d61d1e01dbef11f5aa35665a522b4a6bc63a36c960ab5a5806b6e11")
        #expect(try SettlementReceipt(decoding: receipt.encoded) == receipt)
        #expect(try SettlementReceipt(json: receipt.json) == receipt)
    }

    @Test func cutAndChangedBytesAreRefusedOrCanonical() throws {
        let bytes = try Samples.receipt().encoded
        for count in bytes.indices {
            #expect(throws: ReceiptError.self) {
                try SettlementReceipt(decoding: Array(bytes[..<count]))
            }
        }
        #expect(throws: ReceiptError.notRLP(.trailingBytes(1))) {
            try SettlementReceipt(decoding: bytes + [0])
        }
        var read = 0
        for index in bytes.indices {
            for bit in 0..<8 {
                var changed = bytes
                changed[index] ^= 1 << bit
                guard let receipt = try? SettlementReceipt(decoding: changed) else { continue }
                #expect(receipt.encoded == changed)
                read += 1
            }
        }
        #expect(read > 2_000)
    }

    /// The receipt with other parts, as bytes.
    private func bytes(
        policy: [UInt8]? = nil, kind: UInt64? = nil, count: Int = 1, binding: UInt64 = 1,
        signature: [UInt8] = [1]
    ) throws -> [UInt8] {
        let source = try Samples.receipt()
        let payment = source.payment
        return RLPWriter.list { writer in
            writer.write(source.chainID)
            writer.writeList { list in
                for hash in [Samples.hash(1), Samples.hash(2), Samples.hash(3)] {
                    list.write(hash)
                }
                list.write(Samples.provider)
                list.write(Samples.hash(5))
            }
            writer.writeList { list in
                for _ in 0..<6 { list.write(Samples.hash(1)) }
                list.write(Samples.provider)
                list.write(UInt64(0))
                list.write(UInt64(1))
            }
            writer.writeList { list in
                list.write(payment.asset)
                list.write(payment.payer)
                list.write(payment.amount)
                list.write(payment.validAfter)
                list.write(payment.validBefore)
                list.write(payment.nonce)
                list.write(signature)
            }
            writer.write(policy ?? source.policy)
            writer.writeList { list in
                for _ in 0..<count {
                    list.writeList { pair in
                        pair.write(kind ?? 1)
                        pair.write(Samples.hash(9))
                    }
                }
            }
            writer.write(binding)
            writer.write(UInt64(1))
            writer.write(UInt64(2))
        }
    }

    @Test func refusesWhatItsPartsMayNotBe() throws {
        func refuses(_ error: ReceiptError, _ bytes: [UInt8]) {
            #expect(throws: error) { try SettlementReceipt(decoding: bytes) }
        }
        #expect(try SettlementReceipt(decoding: bytes()).evidence.count == 1)
        refuses(.unknownKind(5), try bytes(kind: 5))
        refuses(.unknownKind(256), try bytes(kind: 256))
        refuses(.unknownBinding(0), try bytes(binding: 0))
        refuses(.unknownBinding(3), try bytes(binding: 3))
        refuses(.invalidPolicy(.truncated), try bytes(policy: []))
        refuses(.invalidPolicy(.unknownNode(9)), try bytes(policy: [1, 9, 0]))
        let max = PaymentLimits.evidenceCountMax
        #expect(try SettlementReceipt(decoding: bytes(count: max)).evidence.count == max)
        refuses(.tooMuchEvidence(max: max), try bytes(count: max + 1))
        let long = PaymentLimits.signatureBytesMax
        let most = [UInt8](repeating: 1, count: long)
        #expect(try SettlementReceipt(decoding: bytes(signature: most)).payment.signature == most)
        refuses(
            .signatureTooLong(bytes: long + 1, max: long), try bytes(signature: most + [1]))
        refuses(.notRLP(.unexpectedString), [0x80])
        refuses(.notRLP(.truncated(wanted: 1, left: 0)), [])
    }
}
