/// Parts in the order of their first use, each once.
struct Interned<Part: Hashable> {
    private(set) var parts: [Part] = []
    private var numbers: [Part: Int] = [:]

    /// The number of a part, which is added if it is new.
    mutating func number(of part: Part) -> Int {
        if let number = numbers[part] { return number }
        numbers[part] = parts.count
        parts.append(part)
        return parts.count - 1
    }

    /// Forgets all but the first parts.
    mutating func truncate(to count: Int) {
        while parts.count > count { numbers[parts.removeLast()] = nil }
    }
}
