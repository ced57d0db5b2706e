internal import Attestation
internal import Codec
internal import EVM
internal import Primitives
internal import Registry

// Which versions of AMD's firmware count as up to date: the admin says so, since AMD signs no list.

extension TrustNative {
    static let versions = [
        NativeFunction(view: "snpMinimum(uint8,uint24)") { (call, input) throws(NativeFailure) in
            let slot = try input.arguments { (reader) throws(ABIError) in
                SNPMinimum.slot(
                    product: try reader.readUInt8(), processor: try reader.readUInt24())
            }
            let least = SNPMinimum(try call.read(slot))
            return encoded { least.write(to: &$0) }
        },
        NativeFunction(
            "setSNPMinimum(uint8,uint24,(uint8,uint8,uint8,uint8,uint8),string)", setMinimum),
    ]

    /// Sets what one processor, or all others of a product, must reach; zeros take it away.
    private static func setMinimum(
        _ call: inout NativeCall, _ input: inout ABIReader
    ) throws(NativeFailure) -> [UInt8] {
        let (product, processor, least, reason) = try input.arguments {
            (reader) throws(ABIError) in
            (
                try reader.readUInt8(), try reader.readUInt24(),
                try SNPMinimum(reading: &reader), try reader.readReason()
            )
        }
        try requireAdmin(&call)
        if let wrong = whatIsWrong(product, processor, least) {
            throw NativeError.invalidRecord(wrong).failure
        }
        try call.write(SNPMinimum.slot(product: product, processor: processor), least.word)
        try call.log(
            topics: [
                TrustEvent.snpMinimumChanged, Hash(UInt256(UInt64(product))),
                Hash(UInt256(UInt64(processor))), Hash(call.caller.word),
            ],
            data: encoded { data in
                least.write(to: &data)
                data.writeString(reason)
            })
        return []
    }

    /// Why no machine would ever be held against the entry, as far as can be seen.
    private static func whatIsWrong(
        _ number: UInt8, _ processor: UInt32, _ least: SNPMinimum
    ) -> String? {
        guard let product = SNPProduct(number: number) else { return "no product is \(number)" }
        let (family, model) = (UInt8(processor >> 16), UInt8(processor >> 8 & 0xff))
        guard processor == 0 || SNPProduct(family: family, model: model) == product else {
            return "the processor is none of \(product.rawValue)"
        }
        guard product == .turin || least.fmc == 0 else {
            return "\(product.rawValue) has no FMC"
        }
        return nil
    }
}

// MARK: ABI

extension SNPMinimum {
    /// The members of `SNPVersions`.
    fileprivate init(reading reader: inout ABIReader) throws(ABIError) {
        self.init(
            bootLoader: try reader.readUInt8(), tee: try reader.readUInt8(),
            snp: try reader.readUInt8(), microcode: try reader.readUInt8(),
            fmc: try reader.readUInt8())
    }

    fileprivate func write(to writer: inout ABIWriter) {
        for version in [bootLoader, tee, snp, microcode, fmc] { writer.write(UInt64(version)) }
    }
}
