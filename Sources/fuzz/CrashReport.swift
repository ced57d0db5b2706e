// Names the case that crashed or hung. The handler runs inside a signal: it calls nothing but
// `write` and `_exit`.

internal import Glibc

/// The case under way. Written by the one thread that runs cases, read by its signal handler.
nonisolated(unsafe) private var currentCase: UInt64 = 0

private let hangSeconds: UInt32 = 10

func catchCrashes() {
    for signal in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT, SIGALRM] {
        _ = Glibc.signal(signal, reportCrash)
    }
}

/// Notes a case and gives it ten seconds.
func beginCase(_ number: UInt64) {
    unsafe currentCase = number
    if number.isMultiple(of: 256) { alarm(hangSeconds) }
}

func endCases() { alarm(0) }

private func reportCrash(_ signal: Int32) {
    writeText(signal == SIGALRM ? "\nfuzz: hung in case " : "\nfuzz: crashed in case ")
    unsafe writeDecimal(currentCase)
    writeText("; repeat with --from CASE --cases 1 and the same seed\n")
    _exit(1)
}

private func writeText(_ text: StaticString) {
    _ = unsafe write(STDERR_FILENO, text.utf8Start, text.utf8CodeUnitCount)
}

private func writeDecimal(_ number: UInt64) {
    var rest = number
    var digits: InlineArray<20, UInt8> = .init(repeating: 0)
    var first = digits.count
    repeat {
        first -= 1
        digits[first] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
        rest /= 10
    } while rest > 0
    for index in first..<digits.count {
        var digit = digits[index]
        _ = unsafe write(STDERR_FILENO, &digit, 1)
    }
}
