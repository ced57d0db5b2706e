internal import CKernels
internal import Primitives

/// The kernel's handlers of a revision's opcodes, one table a revision, made once.
@safe
struct KernelHandlers: @unchecked Sendable {
    let start: UnsafePointer<UnsafeRawPointer>

    private init(_ revision: Revision) {
        var allowed = (0..<256).map { Traits(UInt8($0), revision).isDefined }
        // The kernel knows one price of EXP, that of EIP-160.
        if revision < .spuriousDragon { allowed[0x0a] = false }
        // Lives as long as the process: there is one a revision.
        let memory = UnsafeMutablePointer<UnsafeRawPointer>.allocate(capacity: 256)
        unsafe assay_evm_make_handlers(allowed, memory)
        unsafe start = UnsafePointer(memory)
    }

    private static let all = Revision.allCases.map { KernelHandlers($0) }

    static func of(_ revision: Revision) -> KernelHandlers { all[Int(revision.rawValue)] }

    /// The fixed cost, words taken and words left that the kernel knows of an opcode, nil when it
    /// leaves the opcode to the loop.
    static func facts(_ opcode: UInt8) -> (gas: Int, takes: Int, gives: Int)? {
        var facts = assay_evm_facts()
        guard unsafe assay_evm_facts(opcode, &facts) else { return nil }
        return (Int(facts.gas), Int(facts.takes), Int(facts.gives))
    }
}

extension Frame {
    /// Runs opcodes in the C kernel up to the first that it leaves to the loop.
    ///
    /// The loop's own switch is the kernel's twin: it runs every opcode and finds every fault.
    @inline(__always)
    mutating func runShortOpcodes(_ engine: Engine) {
        unsafe assay_evm_run(&registers, engine.handlers.start)
    }
}
