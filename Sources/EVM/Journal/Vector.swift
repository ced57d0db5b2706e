/// A growing array of plain values behind one pointer.
///
/// Changing it through a `let` needs no exclusivity check and no reference count, which class
/// properties and `Array` would pay on every journal entry. Indices are checked.
@safe
struct Vector<Element: BitwiseCopyable>: ~Copyable {
    @unsafe
    private struct Header {
        var elements: UnsafeMutablePointer<Element>
        var count: Int
        var capacity: Int
    }

    private let header: UnsafeMutablePointer<Header>

    init(capacity: Int) {
        precondition(capacity > 0, "a vector starts with room")
        unsafe header = .allocate(capacity: 1)
        unsafe header.initialize(
            to: Header(elements: .allocate(capacity: capacity), count: 0, capacity: capacity))
    }

    deinit {
        unsafe header.pointee.elements.deallocate()
        unsafe header.deallocate()
    }

    var count: Int {
        @inline(__always) get { unsafe header.pointee.count }
    }

    subscript(index: Int) -> Element {
        @inline(__always)
        _read {
            precondition(UInt(bitPattern: index) < UInt(bitPattern: count), "index out of range")
            yield unsafe header.pointee.elements[index]
        }
        @inline(__always)
        nonmutating _modify {
            precondition(UInt(bitPattern: index) < UInt(bitPattern: count), "index out of range")
            yield unsafe &header.pointee.elements[index]
        }
    }

    @inline(__always)
    func append(_ element: Element) {
        if unsafe header.pointee.count == header.pointee.capacity { grow() }
        unsafe header.pointee.elements[header.pointee.count] = element
        unsafe header.pointee.count &+= 1
    }

    @inline(__always)
    func removeLast() -> Element {
        precondition(count > 0, "an empty vector has no last element")
        unsafe header.pointee.count &-= 1
        return unsafe header.pointee.elements[header.pointee.count]
    }

    func removeAll() { unsafe header.pointee.count = 0 }

    @inline(never)
    private func grow() {
        let capacity = unsafe header.pointee.capacity * 2
        let elements = UnsafeMutablePointer<Element>.allocate(capacity: capacity)
        unsafe elements.update(from: header.pointee.elements, count: header.pointee.count)
        unsafe header.pointee.elements.deallocate()
        unsafe header.pointee.elements = elements
        unsafe header.pointee.capacity = capacity
    }
}
