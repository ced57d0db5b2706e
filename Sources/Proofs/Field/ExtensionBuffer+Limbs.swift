extension ExtensionBuffer {
    /// Copies one limb of all elements to a stack of base-field elements, from an index on.
    package func copyLimb(_ limb: Int, to stack: FieldBuffer, at start: Int) {
        precondition((0..<Extension.degree).contains(limb), "the limb exists")
        precondition(stack.holds(start, count), "the elements are in the stack")
        for index in 0..<count {
            let word = index / 16 * ExtensionBuffer.blockWords + limb * 16 + index % 16
            unsafe stack.words[start + index] = words[word]
        }
    }
}
