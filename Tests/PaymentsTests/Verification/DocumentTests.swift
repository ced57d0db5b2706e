import Codec
import Crypto
import Payments
import Primitives
import Testing

@Suite struct TermsTests {
    @Test func hashesAreThoseOfEthAccount() {
        let terms = Samples.terms()
        #expect(
            terms.structHash.hex
                == "0xdb2ec1778e6260ea0d3a3e307e8a6fc8de1df028f6db755f9831747e802aa259")
        #expect(
            terms.hash(chainID: Samples.chainID).hex
                == "0x32c31db841bc5ebd6c18d09dfe58d7fde499568ad716e0230ba7a132503cd3bc")
        #expect(
            terms.escrow(chainID: Samples.chainID).hex
                == "0xa8009a11c69c206843d93d69a96cbabe27fc708b")
        #expect(terms.hash(chainID: 1) != terms.hash(chainID: Samples.chainID))
    }

    @Test func bindingNumbersAreFixed() {
        #expect(Binding.allCases.map(\.rawValue) == [1, 2])
    }
}

@Suite struct StatementTests {
    @Test func hashesAreThoseOfEthAccount() {
        let statement = Samples.statement()
        #expect(
            statement.structHash.hex
                == "0xf77730e89deeaeb791ef5e643a56bcf7b62abd8c3c5c7d1939fec009abd8efaa")
        #expect(
            statement.hash(chainID: Samples.chainID).hex
                == "0x629594fa781666d65abfbb643c90578088b273836cb149b3ba6599f5c18dea57")
    }

    @Test func isCurrentFromTheFirstSecondToTheLast() {
        let statement = Statement(
            modelID: .zero, systemHash: .zero, requestHash: .zero, inputHash: .zero,
            outputHash: .zero, policyHash: .zero, provider: .zero, notBefore: 10, notAfter: 20)
        #expect([9, 10, 15, 20, 21].map(statement.isCurrent) == [false, true, true, true, false])
    }
}

@Suite struct PaymentTests {
    @Test func digestIsThatOfEthAccount() throws {
        let escrow = Samples.terms().escrow(chainID: Samples.chainID)
        let transfer = try Samples.payment().authorization(to: escrow)
        #expect(
            transfer.structHash.hex
                == "0xa1dd401c20ff94687bd84f7c74acf037b975ac9f72b2c1196df170014eeeaec4")
        let digest = transfer.digest(
            name: "USDC", version: "2", chainID: Samples.chainID, asset: Samples.asset)
        #expect(
            digest.hex == "0xd8954c6568d295d14156219574105ab0adbae05533d9c7c911e41667eff4dbfb")
        #expect(
            try Samples.payment().receiptID.hex
                == "0xb7fc4f2d6d61d1e01dbef11f5aa35665a522b4a6bc63a36c960ab5a5806b6e11")
    }
}

/// A document, its reader, and its members by type.
struct DocumentForm: Sendable, CustomTestStringConvertible {
    let name: String
    let json: JSON
    /// Reads and writes again.
    let reread: @Sendable (JSON) throws(DocumentError) -> JSON

    var testDescription: String { name }

    static let all: [DocumentForm] = {
        do {
            return [
                DocumentForm(name: "terms", json: Samples.terms().json) {
                    json throws(DocumentError) in try Terms(json: json).json
                },
                DocumentForm(name: "statement", json: Samples.statement().json) {
                    json throws(DocumentError) in try Statement(json: json).json
                },
                DocumentForm(name: "payment", json: try Samples.payment().json) {
                    json throws(DocumentError) in try Payment(json: json).json
                },
                DocumentForm(name: "receipt", json: try Samples.receipt().json) {
                    json throws(DocumentError) in try SettlementReceipt(json: json).json
                },
            ]
        } catch { return [] }
    }()
}

@Suite struct DocumentTests {
    @Test func allFormsAreThere() { #expect(DocumentForm.all.count == 4) }

    @Test(arguments: DocumentForm.all)
    func roundTripsInAnyOrder(_ form: DocumentForm) throws {
        #expect(try form.reread(form.json) == form.json)
        #expect(try form.reread(try JSON(parsing: form.json.serialized)) == form.json)
        let members = try #require(form.json.object).entries.reversed()
        #expect(try form.reread(.object(JSONObject(Array(members)))) == form.json)
    }

    @Test(arguments: DocumentForm.all)
    func refusesMissingAndUnknownMembers(_ form: DocumentForm) throws {
        for entry in try #require(form.json.object).entries {
            var members = try #require(form.json.object)
            members[entry.key] = Optional<JSON>.none
            #expect(throws: DocumentError.missing(entry.key)) {
                try form.reread(.object(members))
            }
            members["zzz"] = 1
            members[entry.key] = entry.value
            #expect(throws: DocumentError.unknown("zzz")) { try form.reread(.object(members)) }
        }
        #expect(throws: DocumentError.notAnObject("")) { try form.reread([]) }
    }

    /// Whatever stands in place of a member's only spelling.
    @Test(arguments: DocumentForm.all)
    func refusesOtherSpellings(_ form: DocumentForm) throws {
        var count = 0
        for entry in try #require(form.json.object).entries {
            guard let text = entry.value.string else { continue }
            let others: [JSON] =
                text.utf8.starts(with: "0x".utf8)
                ? [
                    .string(String(text.dropFirst(2))), .string(text + "0"), .string("0x" + "zz"),
                    1, nil, .string("0X" + text.dropFirst(2)),
                ]
                : [
                    .string("0" + text), .string("+" + text), .string(" " + text), "", "-1", "1e3",
                    "0x1", .string(text + ".0"), 1, nil, .string(String(repeating: "9", count: 79)),
                ]
            for other in others {
                #expect(throws: DocumentError.invalid(entry.key), "\(entry.key): \(other)") {
                    try form.reread(form.json.setting(exactly: entry.key, to: other))
                }
                count += 1
            }
        }
        #expect(count > 20)
    }

    @Test func namesTheMemberWithin() throws {
        let json = try Samples.receipt().json
        func refuses(_ path: String..., with value: JSON, _ error: DocumentError) {
            #expect(throws: error) {
                try SettlementReceipt(json: json.setting(path[...], to: value))
            }
        }
        refuses("terms", "salt", with: "0x", .invalid("terms.salt"))
        refuses("terms", "zzz", with: 1, .unknown("terms.zzz"))
        refuses("statement", "notAfter", with: "01", .invalid("statement.notAfter"))
        refuses(
            "statement", "notAfter", with: "18446744073709551616", .invalid("statement.notAfter"))
        refuses("payment", "signature", with: "0x1", .invalid("payment.signature"))
        refuses("payment", with: [], .notAnObject("payment"))
        refuses("binding", with: "3", .invalid("binding"))
        refuses("policy", with: "0x0105", .invalid("policy"))
        refuses(
            "evidence", with: [["kind": "sealed", "hash": "0x"]], .invalid("evidence.0.kind"))
        refuses("evidence", with: ["x"], .notAnObject("evidence.0"))
        let digest = try #require(json.at("evidence")[0])
        let max = PaymentLimits.evidenceCountMax
        let most = JSON.array([JSON](repeating: digest, count: max))
        #expect(
            try SettlementReceipt(json: json.setting("evidence", to: most)).evidence.count == max)
        refuses(
            "evidence", with: .array([JSON](repeating: digest, count: max + 1)),
            .invalid("evidence"))
        let long = String(repeating: "00", count: PaymentLimits.signatureBytesMax)
        #expect(
            try SettlementReceipt(
                json: json.setting("payment", "signature", to: .string("0x" + long))
            )
            .payment.signature.count == PaymentLimits.signatureBytesMax)
        refuses(
            "payment", "signature", with: .string("0x00" + long), .invalid("payment.signature"))
    }
}

extension JSON {
    /// The object with one member set, also to null.
    func setting(exactly key: String, to value: JSON) -> JSON {
        var members = object ?? JSONObject()
        members[key] = .some(value)
        return .object(members)
    }
}
