extension ExtensionBuffer {
    /// Copies one limb of all elements to a stack of base-field elements, from an index on.
    package func copyLimb(_ limb: Int, to stack: FieldBuffer, at start: Int) {
        precondition((0..<Extension.degree).contains(limb), "the limb exists")
        precondition(stack.holds(start, count), "the elements are in the stack")
        for first in stride(from: 0, to: count, by: 16) {
            let line = unsafe words + (first / 16 * ExtensionBuffer.blockWords + limb * 16)
            unsafe (stack.words + start + first).update(from: line, count: min(16, count - first))
        }
    }
}
