/// Why a frame ended exceptionally: it loses all its gas and its changes.
public enum Halt: Error, Equatable, Sendable {
    case outOfGas
    case stackUnderflow
    case stackOverflow
    /// The target is no `JUMPDEST`.
    case invalidJump
    case invalidOpcode(UInt8)
    /// A change of state within a static call.
    case staticViolation
    /// `RETURNDATACOPY` past the end (EIP-211).
    case returnDataOutOfBounds
    /// The new contract's address has a nonce, code or storage (EIP-684, 7610).
    case createCollision
    case initcodeTooLarge
    case codeTooLarge
    /// The deployed code starts with 0xEF (EIP-3541).
    case invalidCode
    /// The creator's nonce is 2⁶⁴ − 1 (EIP-2681).
    case nonceOverflow
    /// The outermost call cannot pay its value.
    case insufficientBalance
    /// More than 1024 frames.
    case callTooDeep
    /// A precompile refused its input.
    case precompileFailed
}
