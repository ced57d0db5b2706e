/// What a value becomes and when; what it was stands beside it.
///
/// Work that begins after `from` is judged by `next`, work that begins at it or before by what
/// was: so no order of transactions within a block matters, and no change reaches back to work
/// that is under way.
public struct Change<Value: Sendable & Equatable>: Sendable, Equatable {
    public var next: Value
    /// In seconds since 1970, not zero.
    public var from: UInt64

    public init(_ next: Value, from: UInt64) {
        self.next = next
        self.from = from
    }

    /// How long after a change, or after a revocation, work that began before it can be settled, in
    /// seconds: twice as long as the gateway lets an offer stand.
    public static var graceSeconds: UInt64 { 600 }
}

extension Optional {
    /// The value for work that begins at that time.
    func value<Value>(at time: UInt64, before: Value) -> Value where Wrapped == Change<Value> {
        guard let change = self, time > change.from else { return before }
        return change.next
    }

    /// What the value is now, and what it is for work that begins after all that is announced.
    ///
    /// Two values are kept, so the value of before goes once no work can need it. While some can,
    /// `lenient` gives one that is no harder on it than either, if there is one.
    /// - Throws: `tooSoon` where there is none; `inThePast`.
    public func following<Value>(
        _ next: Value, from: UInt64, now: UInt64, before: Value,
        lenient: (Value, Value) -> Value? = { _, _ in nil }
    ) throws(ChangeError) -> (before: Value, change: Change<Value>)
    where Wrapped == Change<Value> {
        guard from >= now else { throw .inThePast(from: from, now: now) }
        let change = Change(next, from: from)
        // One that nobody worked under yet is replaced.
        guard let last = self, last.from < now else { return (before, change) }
        let (end, overflow) = last.from.addingReportingOverflow(Change<Value>.graceSeconds)
        if !overflow, now > end { return (last.next, change) }
        guard let either = lenient(before, last.next) else {
            throw .tooSoon(until: overflow ? .max : end, now: now)
        }
        return (either, change)
    }
}

/// Why a change is refused.
public enum ChangeError: Error, Equatable, Sendable {
    case inThePast(from: UInt64, now: UInt64)
    /// The last change of the same value took effect less than `Change.graceSeconds` ago.
    case tooSoon(until: UInt64, now: UInt64)
}
