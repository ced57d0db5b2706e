internal import Primitives

/// A frame on the heap: what it is, and where it stopped while a callee runs.
///
/// Places in the shared stack and memory are offsets, since both move when they grow.
@unsafe
struct FrameRecord {
    var code: Unmanaged<Code>
    /// Init code belongs to its frame; deployed code to the journal.
    var ownsCode: Bool
    let codeStart: UnsafePointer<UInt8>
    let codeCount: Int
    /// The code's jump destinations, once a jump of any frame has asked for them.
    var destinations: UnsafePointer<UInt8>?
    var isCreation: Bool
    var isStatic: Bool
    var depth: Int

    var recipient: Address
    var caller: Address
    var value: UInt256
    /// The recipient's number in the journal.
    var account: Int
    /// Where the journal goes back to when the frame fails.
    var checkpoint: Int

    /// The call data, in the shared memory.
    var inputStart: Int
    var inputCount: Int
    /// Where the caller wants the answer, in its own memory.
    var answerStart: Int
    var answerCount: Int

    // Registers while a callee runs.
    var counter: Int = 0
    var gas: Int64
    /// In words of the shared stack.
    var stackStart: Int
    var stackCount: Int = 0
    /// In bytes of the shared memory.
    var memoryStart: Int
    var memoryCount: Int = 0
}
