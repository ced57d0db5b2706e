public import Primitives

/// The least versions of an AMD platform's firmware that count as up to date, as the admin of the
/// trust registry says: AMD publishes them in bulletins and signs no list of them.
///
/// One slot: `FMC ‖ microcode ‖ SNP ‖ TEE ‖ boot loader`, a byte each, the boot loader lowest; zero
/// where nothing is set. Microcode is numbered by family, model and stepping: a processor's own
/// entry goes before that of its product.
public struct SNPMinimum: Sendable, Equatable {
    public var bootLoader: UInt8
    public var tee: UInt8
    public var snp: UInt8
    public var microcode: UInt8
    /// Of Turin only; zero otherwise.
    public var fmc: UInt8

    public init(bootLoader: UInt8, tee: UInt8, snp: UInt8, microcode: UInt8, fmc: UInt8 = 0) {
        self.bootLoader = bootLoader
        self.tee = tee
        self.snp = snp
        self.microcode = microcode
        self.fmc = fmc
    }

    public init(_ word: UInt256) {
        func byte(_ index: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: word.limb0 >> (8 * index)) }
        self.init(
            bootLoader: byte(0), tee: byte(1), snp: byte(2), microcode: byte(3), fmc: byte(4))
    }

    public var word: UInt256 {
        let parts = [bootLoader, tee, snp, microcode, fmc]
        return UInt256(parts.reversed().reduce(0) { $0 << 8 | UInt64($1) })
    }

    /// The slot of an entry.
    ///
    /// - Parameters:
    ///   - product: Milan 1, Genoa 2, Turin 3.
    ///   - processor: family, model and stepping, a byte each, family highest; zero for all of the
    ///     product's that have no entry of their own.
    public static func slot(product: UInt8, processor: UInt32) -> UInt256 {
        SlotLayout.base(
            UInt256(UInt64(product) | UInt64(processor) << 8), in: TrustSettings.snpMinimumSpace)
    }

    /// What a processor must reach; nil where nothing is set for it, nor for its product.
    public init?(product: UInt8, processor: UInt32, from read: SlotReader) {
        // Where the report does not say, the first of the two is the product's already.
        for processor in processor == 0 ? [0] : [processor, 0] {
            let word = read(SNPMinimum.slot(product: product, processor: processor))
            guard word.isZero else {
                self.init(word)
                return
            }
        }
        return nil
    }
}
