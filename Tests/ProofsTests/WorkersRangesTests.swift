import Primitives
import Proofs
import TestSupport
import Testing

@Suite struct WorkersRangesTests {
    @Test("Ranges follow one another, from multiples of 16, and cover all")
    func coversAll() {
        for count in [0, 1, 15, 16, 17, 100, 4096, 5000] {
            for grain in [1, 16, 1000] {
                let ranges = BackwardWorkers().ranges(count, grain: grain)
                #expect(!ranges.isEmpty && ranges.count <= 12)
                #expect(ranges.first?.lowerBound == 0 && ranges.last?.upperBound == count)
                for (left, right) in zip(ranges, ranges.dropFirst()) {
                    #expect(left.upperBound == right.lowerBound)
                    #expect(right.lowerBound % 16 == 0 || right.isEmpty)
                }
                #expect(SerialWorkers().ranges(count, grain: grain) == [0..<count])
            }
        }
        #expect(BackwardWorkers().ranges(4096, grain: 4096).count == 1)
        #expect(BackwardWorkers().ranges(4096, grain: 1024).count == 4)
    }
}
