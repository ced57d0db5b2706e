import Primitives
import Crypto
import Testing

/// What all fields have in common.
protocol TestedField: Equatable, Sendable {
    static var zero: Self { get }
    static var one: Self { get }
    static func + (left: Self, right: Self) -> Self
    static func - (left: Self, right: Self) -> Self
    static func * (left: Self, right: Self) -> Self
    static prefix func - (value: Self) -> Self
    var squared: Self { get }
    var inverted: Self { get }
    static func random(_ random: inout SeededRandom) -> Self
}

extension CubicExtension: TestedField where Base: TestedField {
    var squared: Self { self * self }
    static func random(_ random: inout SeededRandom) -> Self {
        Self(Base.random(&random), Base.random(&random), Base.random(&random))
    }
}

extension TwelfthExtension: TestedField where Base: TestedField {
    static prefix func - (value: Self) -> Self { .zero - value }
    static func random(_ random: inout SeededRandom) -> Self {
        Self(Sextic.random(&random), Sextic.random(&random))
    }
}

enum FieldLaws {
    static func check<Field: TestedField>(_ type: Field.Type, edges: [Field], seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let some = edges + (0..<4).map { _ in Field.random(&random) }
        for a in some {
            #expect(a + .zero == a)
            #expect(a * .one == a)
            for zero in [.zero, a - a, a + -a, -Field.zero, a * .zero, .zero * a, .zero - .zero] {
                #expect(zero == .zero)
                #expect(a - zero == a)
                #expect(zero.inverted == .zero)
            }
            #expect(.zero - (-a) == a)
            #expect(a.squared == a * a)
            if a != .zero { #expect(a * a.inverted == .one) }
            for b in some {
                #expect(a + b == b + a)
                #expect(a * b == b * a)
                #expect(a - b == -(b - a))
                for c in some {
                    #expect(a * (b + c) == a * b + a * c)
                    #expect((a * b) * c == a * (b * c))
                    #expect((a + b) + c == a + (b + c))
                }
            }
        }
    }
}
