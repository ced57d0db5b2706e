/// Base-field elements in one run of memory, for kernels.
///
/// Element i is word i, a Montgomery form. Memory is 64-byte aligned; behind the last element zeros
/// fill up a whole number of 16, and 128 words more may be read. Concurrent writers must keep to
/// words of their own.
@safe
public final class FieldBuffer: @unchecked Sendable {
    public let count: Int
    /// Montgomery forms. Zeros behind `count` must stay zeros.
    @unsafe public let words: UnsafeMutablePointer<UInt32>

    /// Zeros.
    public init(count: Int) {
        self.count = count
        unsafe words = newWords((count + 15) / 16 * 16, zeroedFrom: 0)
    }

    /// Room for elements that are all written before they are read; until then they are arbitrary.
    public init(unwritten count: Int) {
        self.count = count
        unsafe words = newWords((count + 15) / 16 * 16, zeroedFrom: count / 16 * 16)
    }

    public convenience init(_ elements: [BabyBear]) {
        self.init(count: elements.count)
        for (index, element) in elements.enumerated() {
            unsafe words[index] = element.montgomery
        }
    }

    deinit { unsafe words.deallocate() }

    public subscript(index: Int) -> BabyBear {
        get {
            precondition(0 <= index && index < count, "the index is in the buffer")
            return unsafe BabyBear(montgomery: words[index])
        }
        set {
            precondition(0 <= index && index < count, "the index is in the buffer")
            unsafe words[index] = newValue.montgomery
        }
    }

    /// The elements as an array.
    public var elements: [BabyBear] { (0..<count).map { self[$0] } }

    /// Whether all elements of a range are zero.
    package func isZero(_ range: Range<Int>) -> Bool {
        precondition(holds(range.lowerBound, range.count), "the elements are in the buffer")
        var any: UInt32 = 0
        for index in range { unsafe any |= words[index] }
        return any == 0
    }
}

/// Extension-field elements in one run of memory, for kernels.
///
/// Blocks of 16 elements have their limbs apart: limb l of element i is word (i / 16) · 96 + l · 16
/// + i mod 16. Memory is 64-byte aligned; zeros fill up the last block, and 128 words more may be
/// read. Concurrent writers must keep to elements of their own.
@safe
public final class ExtensionBuffer: @unchecked Sendable {
    public let count: Int
    /// Montgomery forms. Zeros behind `count` elements must stay zeros.
    @unsafe public let words: UnsafeMutablePointer<UInt32>

    /// Words of a block of 16 elements.
    public static let blockWords = 96

    /// Zeros.
    public init(count: Int) {
        self.count = count
        unsafe words = newWords((count + 15) / 16 * ExtensionBuffer.blockWords, zeroedFrom: 0)
    }

    /// Room for elements that are all written before they are read; until then they are arbitrary.
    public init(unwritten count: Int) {
        self.count = count
        unsafe words = newWords(
            (count + 15) / 16 * ExtensionBuffer.blockWords,
            zeroedFrom: count / 16 * ExtensionBuffer.blockWords)
    }

    public convenience init(_ elements: [Extension]) {
        self.init(count: elements.count)
        for (index, element) in elements.enumerated() { self[index] = element }
    }

    deinit { unsafe words.deallocate() }

    public subscript(index: Int) -> Extension {
        get {
            precondition(0 <= index && index < count, "the index is in the buffer")
            let limbs = unsafe words + (index / 16 * ExtensionBuffer.blockWords + index % 16)
            return unsafe Extension(
                BabyBear(montgomery: limbs[0]), BabyBear(montgomery: limbs[16]),
                BabyBear(montgomery: limbs[32]), BabyBear(montgomery: limbs[48]),
                BabyBear(montgomery: limbs[64]), BabyBear(montgomery: limbs[80]))
        }
        set {
            precondition(0 <= index && index < count, "the index is in the buffer")
            let limbs = unsafe words + (index / 16 * ExtensionBuffer.blockWords + index % 16)
            for limb in 0..<Extension.degree {
                unsafe limbs[16 * limb] = newValue[limb].montgomery
            }
        }
    }

    /// The elements as an array.
    public var elements: [Extension] { (0..<count).map { self[$0] } }

    /// Whether all elements of whole blocks of 16 are zero.
    package func isZero(blocks: Range<Int>) -> Bool {
        precondition(holds(16 * blocks.lowerBound, 16 * blocks.count), "the blocks are there")
        var any: UInt32 = 0
        for word in blocks.lowerBound * 96..<blocks.upperBound * 96 { unsafe any |= words[word] }
        return any == 0
    }

    /// Writes zeros to whole blocks of 16 elements, of which the last may end with the buffer.
    package func clear(blocks: Range<Int>) {
        precondition(
            0 <= blocks.lowerBound && blocks.upperBound <= (count + 15) / 16,
            "the blocks are there")
        let start = blocks.lowerBound * ExtensionBuffer.blockWords
        unsafe (words + start).update(
            repeating: 0, count: blocks.count * ExtensionBuffer.blockWords)
    }
}

/// Words at a multiple of 64 bytes, with 128 more behind that kernels may read, zeros from an index
/// on.
private func newWords(_ count: Int, zeroedFrom first: Int) -> UnsafeMutablePointer<UInt32> {
    let memory = UnsafeMutableRawPointer.allocate(
        byteCount: (count + 128) * MemoryLayout<UInt32>.stride, alignment: 64)
    let words = unsafe memory.bindMemory(to: UInt32.self, capacity: count + 128)
    unsafe (words + first).initialize(repeating: 0, count: count + 128 - first)
    return unsafe words
}

extension Extension {
    /// Calls `body` with the six Montgomery forms, as kernels take an element.
    @inline(__always)
    func withWords<Result>(_ body: (UnsafePointer<UInt32>) -> Result) -> Result {
        unsafe withUnsafePointer(to: self) { element in
            unsafe body(UnsafeRawPointer(element).assumingMemoryBound(to: UInt32.self))
        }
    }

    /// The element whose six Montgomery forms `fill` writes, as kernels give one.
    @inline(__always)
    init(filledBy fill: (UnsafeMutablePointer<UInt32>) -> Void) {
        self = .zero
        unsafe withUnsafeMutablePointer(to: &self) { element in
            unsafe fill(UnsafeMutableRawPointer(element).assumingMemoryBound(to: UInt32.self))
        }
    }

    /// The six Montgomery forms.
    var words: [UInt32] {
        unsafe withWords { unsafe Array(UnsafeBufferPointer(start: $0, count: 6)) }
    }
}
