import Primitives
import Registry
import Testing

@Suite struct SNPMinimumTests {
    private let own = SNPMinimum(bootLoader: 1, tee: 2, snp: 3, microcode: 4, fmc: 5)
    private let all = SNPMinimum(bootLoader: 0xff, tee: 0, snp: 0, microcode: 0)

    @Test func liesInOneWord() {
        #expect(own.word == 0x05_0403_0201)
        for least in [own, all] { #expect(SNPMinimum(least.word) == least) }
        #expect(SNPMinimum(.max).word == 0xff_ffff_ffff)
    }

    @Test func aProcessorsEntryGoesBeforeItsProducts() {
        let slots = [
            SNPMinimum.slot(product: 1, processor: 0x19_0101): own.word,
            SNPMinimum.slot(product: 1, processor: 0): all.word,
        ]
        let read: SlotReader = { slots[$0] ?? .zero }
        #expect(SNPMinimum(product: 1, processor: 0x19_0101, from: read) == own)
        #expect(SNPMinimum(product: 1, processor: 0x19_0100, from: read) == all)
        #expect(SNPMinimum(product: 1, processor: 0, from: read) == all)
        #expect(SNPMinimum(product: 2, processor: 0x19_0101, from: read) == nil)
        #expect(SNPMinimum(product: 2, processor: 0, from: read) == nil)
    }
}
