import Proofs
import Testing

@Suite struct RowPointTests {
    @Test(arguments: 0...5)
    func sumsTheFirstRows(_ variables: Int) {
        var transcript = Transcript(domain: "test")
        let points = [
            transcript.challenges("point", count: variables),
            Array(repeating: .zero, count: variables), Array(repeating: .one, count: variables),
        ]
        for point in points {
            let table = ExtensionBuffer.eq(point)
            var sum = Extension.zero
            for count in 0...1 << variables {
                #expect(RowPoint.mass(point[...], count: count) == sum)
                // A slice's indices need not start at zero.
                let longer = [Extension.one] + point
                #expect(RowPoint.mass(longer[1...], count: count) == sum)
                if count < 1 << variables { sum += table[count] }
            }
        }
    }
}
