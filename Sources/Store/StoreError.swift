/// Why a store did not answer.
public enum StoreError: Error, Equatable, Sendable {
    case cannotOpen(path: String, reason: String)
    case locked(path: String)
    /// What was read is not what was written. Nothing of it is handed out.
    case corrupt(String)
    /// The system refused to read or write. Whether a batch is on disk shows when opened again.
    case ioFailed(String)
    case closed
}

extension StoreError: CustomStringConvertible {
    /// What happened, why, and what to do.
    public var description: String {
        switch self {
        case .cannotOpen(let path, let reason):
            "cannot open the store at \(path): \(reason); check the path and its permissions"
        case .locked(let path):
            "cannot open the store at \(path): it is open already, here or in another process; "
                + "stop the other or choose another folder"
        case .corrupt(let what):
            "the store is damaged: \(what); restore its folder from a copy or rebuild it"
        case .ioFailed(let what):
            "the store cannot read or write: \(what); check the disk's room and health, "
                + "then start again"
        case .closed:
            "the store does not answer: it is closed; open it again"
        }
    }
}
