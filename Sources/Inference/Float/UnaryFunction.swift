internal import Glibc

/// A function of one number: what a quantised graph tabulates.
enum UnaryFunction: Sendable, Hashable {
    case exp, log, sqrt, reciprocal, reciprocalSqrt
    case tanh, sigmoid, erf
    case gelu(isTanh: Bool)
    case absolute, sign
    case floor, ceil, truncate
    /// To the nearest integer, ties to even.
    case round
    case sin, cos, tan, asin, acos, atan
    case sinh, cosh, asinh, acosh, atanh
    case softplus, softsign, mish, hardSwish
    case elu(alpha: Float)
    case selu(alpha: Float, gamma: Float)
    case celu(alpha: Float)
    case hardSigmoid(alpha: Float, beta: Float)
    case leakyRelu(slope: Float)
    case thresholdedRelu(alpha: Float)
    case power(exponent: Float)
    /// One for zero and zero for all else; logical not on booleans.
    case isZero
    /// Zero for every finite number.
    case isNaN
    case isInfinite(takesPositive: Bool, takesNegative: Bool)
    /// `x / divisor` rounded toward zero, for integers. The divisor is not zero.
    case quotient(divisor: Int)
    /// What the division leaves, with the dividend's sign or the divisor's.
    case remainder(divisor: Int, takesDividendSign: Bool)
    /// Negative positions count from the end; kept within `0..<count`.
    case position(count: Int)
    /// Several steps as one.
    case composed(UnaryProgram)

    /// In double precision. Outside the function's domain it is no number or infinite, as in C.
    func evaluate(_ x: Double) -> Double {
        switch self {
        case .exp: Glibc.exp(x)
        case .log: Glibc.log(x)
        case .sqrt: x.squareRoot()
        case .reciprocal: 1 / x
        case .reciprocalSqrt: 1 / x.squareRoot()
        case .tanh: Glibc.tanh(x)
        case .sigmoid: UnaryFunction.sigmoid(x)
        case .erf: Glibc.erf(x)
        case .gelu(let isTanh):
            isTanh
                ? x / 2
                    * (1 + Glibc.tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
                : x / 2 * (1 + Glibc.erf(x / 2.squareRoot()))
        case .absolute: x.magnitude
        case .sign: x > 0 ? 1 : x < 0 ? -1 : x
        case .floor: x.rounded(.down)
        case .ceil: x.rounded(.up)
        case .truncate: x.rounded(.towardZero)
        case .round: x.rounded(.toNearestOrEven)
        case .sin, .cos, .tan, .asin, .acos, .atan, .sinh, .cosh, .asinh, .acosh, .atanh:
            trigonometric(x)
        case .isZero: x == 0 ? 1 : 0
        case .isNaN: x.isNaN ? 1 : 0
        case .isInfinite(let positive, let negative):
            x.isInfinite && (x > 0 ? positive : negative) ? 1 : 0
        case .quotient(let divisor): (x / Double(divisor)).rounded(.towardZero)
        case .remainder(let divisor, let takesDividendSign):
            UnaryFunction.remainder(x, Double(divisor), takesDividendSign)
        case .position(let count):
            min(max(x < 0 ? x + Double(count) : x, 0), Double(count - 1))
        case .composed(let program): program.evaluate(x)
        default: activation(x)
        }
    }

    private func trigonometric(_ x: Double) -> Double {
        switch self {
        case .sin: Glibc.sin(x)
        case .cos: Glibc.cos(x)
        case .tan: Glibc.tan(x)
        case .asin: Glibc.asin(x)
        case .acos: Glibc.acos(x)
        case .atan: Glibc.atan(x)
        case .sinh: Glibc.sinh(x)
        case .cosh: Glibc.cosh(x)
        case .asinh: Glibc.asinh(x)
        case .acosh: Glibc.acosh(x)
        case .atanh: Glibc.atanh(x)
        default: .nan
        }
    }

    private func activation(_ x: Double) -> Double {
        switch self {
        case .softplus: UnaryFunction.softplus(x)
        case .softsign: x / (1 + x.magnitude)
        case .mish: x * Glibc.tanh(UnaryFunction.softplus(x))
        case .hardSwish: x * min(max(x / 6 + 0.5, 0), 1)
        case .elu(let alpha): x < 0 ? Double(alpha) * Glibc.expm1(x) : x
        case .selu(let alpha, let gamma):
            Double(gamma) * (x > 0 ? x : Double(alpha) * Glibc.expm1(x))
        case .celu(let alpha):
            max(0, x) + min(0, Double(alpha) * Glibc.expm1(x / Double(alpha)))
        case .hardSigmoid(let alpha, let beta):
            min(max(Double(alpha) * x + Double(beta), 0), 1)
        case .leakyRelu(let slope): x < 0 ? Double(slope) * x : x
        case .thresholdedRelu(let alpha): x > Double(alpha) ? x : 0
        case .power(let exponent): Glibc.pow(x, Double(exponent))
        default: .nan
        }
    }

    private static func sigmoid(_ x: Double) -> Double { 1 / (1 + Glibc.exp(-x)) }

    /// Without overflow where the exponential is large.
    private static func softplus(_ x: Double) -> Double {
        max(x, 0) + Glibc.log1p(Glibc.exp(-x.magnitude))
    }

    private static func remainder(
        _ x: Double, _ divisor: Double, _ takesDividendSign: Bool
    ) -> Double {
        let rest = x.truncatingRemainder(dividingBy: divisor)
        if takesDividendSign || rest == 0 { return rest }
        return (rest < 0) == (divisor < 0) ? rest : rest + divisor
    }
}
