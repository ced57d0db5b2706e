import Testing

@testable import Conformance

@Suite struct MinimiserTests {
    private struct Subject: Equatable {
        var list: [Int] = []
        var bytes: [UInt8] = []
        var number = 9
    }

    @Test func dropKeepsWhatTheFailureNeeds() {
        var minimiser = Minimiser(Subject(list: Array(0..<100))) {
            $0.list.contains(17) && $0.list.contains(83)
        }
        minimiser.drop(\.list)
        #expect(minimiser.best.list == [17, 83])
    }

    @Test func aChangeThatMendsTheFailureIsNotKept() {
        var minimiser = Minimiser(Subject()) { $0.number == 9 }
        let isKept = minimiser.set(\.number, to: 0)
        #expect(!isKept)
        #expect(minimiser.best == Subject())
    }

    @Test func bytesAreDroppedOrMadeZero() {
        var minimiser = Minimiser(Subject(bytes: [1, 2, 3, 4, 5])) {
            $0.bytes.count >= 2 && $0.bytes.last == 5
        }
        minimiser.shorten(\.bytes)
        #expect(minimiser.best.bytes == [0, 5])
    }

    @Test func codeKeepsItsPlaces() {
        var minimiser = Minimiser(Subject(bytes: [1, 2, 3, 4, 5, 6])) {
            $0.bytes.count > 3 && $0.bytes[3] == 4
        }
        minimiser.shorten(code: \.bytes)
        #expect(minimiser.best.bytes == [0x5b, 0x5b, 0x5b, 4])
    }

    @Test func codeThatDoesNotMatterGoes() {
        var minimiser = Minimiser(Subject(bytes: [1, 2, 3])) { _ in true }
        minimiser.shorten(code: \.bytes)
        #expect(minimiser.best.bytes.isEmpty)
    }
}
