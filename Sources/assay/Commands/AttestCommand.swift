internal import Arguments
internal import Attestation
internal import Codec
internal import Files
internal import Node
internal import Primitives

private let seedOption = Option.value(
    "seed-file", "FILE", "32 bytes that the development root follows from; a well-known seed")
/// Registers that images use; the others of a document for development are zero.
private let registers = [0, 1, 2, 3, 4, 8]

extension Subcommand {
    static let attest = Subcommand(
        command: Command(
            "attest", "Issues evidence for development, and shows evidence of any root",
            subcommands: [
                Command(
                    "issue", "Writes a Nitro-format document under the development root",
                    details: """
                        The document has the form of AWS's to the last field, so the same code
                        checks it; only its root differs, whose key everybody knows. The same
                        options with the same --time give the same bytes.
                        """,
                    options: [
                        .value("output", letter: "o", "FILE", "writes here; attestation.bin"),
                        .value("time", "SECONDS", "is made at this time since 1970; now"),
                        .value("user-data", "HEX", "user_data, at most 512 bytes"),
                        .value("nonce", "HEX", "nonce, at most 512 bytes"),
                        .value("public-key", "HEX", "public_key, 1 to 1024 bytes"),
                        .value("image", "TEXT", "describes the image of PCR0 to PCR2"),
                        .value(
                            "fault", "NAME", choices: DevelopmentFault.allCases.map(\.rawValue),
                            "one thing that is wrong with it"),
                        seedOption,
                    ] + registers.map { .value("pcr\($0)", "HEX", "register \($0), 48 bytes") }),
                Command(
                    "show", "Prints what evidence says, and whether it holds",
                    details: """
                        The verdict is given under the vendors' roots and under the development
                        root. The exit code is 0 when it holds under one of them, 1 otherwise.
                        """,
                    options: [
                        .value("time", "SECONDS", "checks at this time; the evidence's own"),
                        seedOption, .flag("json", "prints JSON"),
                    ],
                    positionals: [.required("FILE", "the evidence's bytes")]),
            ])
    ) { invocation in
        let authority = try developmentAuthority(invocation.text("seed-file"))
        switch invocation.path.last {
        case "issue": return try issue(invocation, authority)
        default: return try show(invocation, authority)
        }
    }
}

private func developmentAuthority(_ file: String?) throws -> DevelopmentAuthority {
    guard let file else { return DevelopmentAuthority() }
    let seed = try Files.read(file, bytesMax: 1 << 12)
    guard seed.count == DevelopmentAuthority.seedBytes else {
        throw Failure(
            "\(file) is no seed", why: "it has \(seed.count) bytes",
            remedy: "a seed has \(DevelopmentAuthority.seedBytes)")
    }
    return DevelopmentAuthority(seed: seed)
}

// MARK: - Issue

private func issue(_ invocation: Invocation, _ authority: DevelopmentAuthority) throws -> Int32 {
    let time = try invocation.number("time", in: NitroRequest.times) ?? SystemClock().now()
    guard NitroRequest.times.contains(time) else {
        throw Failure(
            "no document can be made now", why: "the root is not valid",
            remedy: "choose a --time before 2049-12")
    }
    var request = NitroRequest(
        time: time, userData: try bytes("user-data", 0...512, invocation),
        nonce: try bytes("nonce", 0...512, invocation),
        publicKey: try bytes("public-key", 1...1024, invocation),
        image: invocation.text("image") ?? "assay development image")
    for index in registers {
        if let value = try bytes("pcr\(index)", 48...48, invocation) { request.pcrs[index] = value }
    }
    request.fault = invocation.text("fault").flatMap(DevelopmentFault.init)
    let document = authority.nitroDocument(request)
    let file = invocation.text("output") ?? "attestation.bin"
    try Files.write(document, to: file)
    let out = Terminal.output
    out.line("\(out.check) \(file): \(document.count) bytes, made \(UTCTime.text(seconds: time))")
    out.line(out.yellow("! for development: its root's key is known"))
    return 0
}

private func bytes(
    _ name: String, _ counts: ClosedRange<Int>, _ invocation: Invocation
) throws -> [UInt8]? {
    guard let text = invocation.text(name) else { return nil }
    let digits = text.hasPrefix("0x") ? text.dropFirst(2) : text[...]
    guard let bytes = try? Hex.decode(digits), counts.contains(bytes.count) else {
        throw UsageError(
            "--\(name) \(text) is not valid", why: "it is no hexadecimal text of its length",
            remedy: counts.count == 1
                ? "give \(counts.lowerBound) bytes"
                : "give \(counts.lowerBound) to \(counts.upperBound) bytes")
    }
    return bytes
}

// MARK: - Show

private func show(_ invocation: Invocation, _ authority: DevelopmentAuthority) throws -> Int32 {
    let file = invocation.positional("FILE")
    let bytes = try Files.read(file, bytesMax: EvidenceView.bytesMax)
    let time: UInt64? = try invocation.number("time")
    let view: EvidenceView
    do throws(AttestationError) {
        view = try EvidenceView(bytes, at: time, development: authority.anchors)
    } catch {
        throw Failure(
            "\(file) is no evidence that is read here", why: error.description,
            remedy: "give the evidence's own bytes, without framing or base64")
    }
    if invocation.flag("json") {
        Terminal.output.line(String(decoding: view.json.serialized, as: UTF8.self))
    } else {
        view.print(on: Terminal.output)
    }
    return view.verdicts.contains { $0.result != nil } ? 0 : 1
}
