/// A growing array of plain values behind one pointer.
///
/// Changing it through a `let` needs no exclusivity check and no reference count, which class
/// properties and `Array` would pay on every journal entry. Indices are checked.
@safe
struct Vector<Element: BitwiseCopyable>: ~Copyable {
    @unsafe
    private struct Header {
        /// Nil until the first element comes.
        var elements: UnsafeMutablePointer<Element>?
        var count: Int
        var capacity: Int
        let capacityFirst: Int
    }

    private let header: UnsafeMutablePointer<Header>

    /// The first element makes room for `capacity`: many journals never have one.
    init(capacity: Int) {
        precondition(capacity > 0, "a vector has room")
        unsafe header = .allocate(capacity: 1)
        unsafe header.initialize(
            to: Header(elements: nil, count: 0, capacity: 0, capacityFirst: capacity))
    }

    deinit {
        unsafe header.pointee.elements?.deallocate()
        unsafe header.deallocate()
    }

    var count: Int {
        @inline(__always) get { unsafe header.pointee.count }
    }

    subscript(index: Int) -> Element {
        @inline(__always)
        _read {
            precondition(UInt(bitPattern: index) < UInt(bitPattern: count), "index out of range")
            yield unsafe elements[index]
        }
        @inline(__always)
        nonmutating _modify {
            precondition(UInt(bitPattern: index) < UInt(bitPattern: count), "index out of range")
            yield unsafe &elements[index]
        }
    }

    @inline(__always)
    func append(_ element: Element) {
        if unsafe header.pointee.count == header.pointee.capacity { grow() }
        unsafe elements[header.pointee.count] = element
        unsafe header.pointee.count &+= 1
    }

    @inline(__always)
    func removeLast() -> Element {
        precondition(count > 0, "an empty vector has no last element")
        unsafe header.pointee.count &-= 1
        return unsafe elements[header.pointee.count]
    }

    /// Adds plain bytes at once.
    @unsafe
    func append(contentsOf other: UnsafeBufferPointer<Element>) {
        guard let source = other.baseAddress, other.count > 0 else { return }
        while unsafe header.pointee.capacity - header.pointee.count < other.count { grow() }
        unsafe (elements + header.pointee.count).update(from: source, count: other.count)
        unsafe header.pointee.count += other.count
    }

    /// Forgets all but the first elements.
    func truncate(to count: Int) {
        precondition(count >= 0 && count <= self.count, "a vector only shrinks")
        unsafe header.pointee.count = count
    }

    /// A copy of some elements.
    func slice(_ start: Int, count: Int) -> [Element] {
        precondition(start >= 0 && count >= 0 && start <= self.count - count, "range out of range")
        return count == 0
            ? [] : unsafe Array(UnsafeBufferPointer(start: elements + start, count: count))
    }

    func removeAll() { unsafe header.pointee.count = 0 }

    /// There when `count` is not 0.
    @inline(__always)
    private var elements: UnsafeMutablePointer<Element> {
        unsafe header.pointee.elements.unsafelyUnwrapped
    }

    @inline(never)
    private func grow() {
        let capacity = unsafe max(header.pointee.capacity * 2, header.pointee.capacityFirst)
        let larger = UnsafeMutablePointer<Element>.allocate(capacity: capacity)
        if let old = unsafe header.pointee.elements {
            unsafe larger.update(from: old, count: header.pointee.count)
            unsafe old.deallocate()
        }
        unsafe header.pointee.elements = larger
        unsafe header.pointee.capacity = capacity
    }
}
