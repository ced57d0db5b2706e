internal import Glibc

/// Another program that answers each line with one line, through its standard input and output.
@safe
final class PeerProcess {
    private let process: pid_t
    private let descriptor: Int32
    /// Reads from `descriptor`, and owns it.
    private let stream: UnsafeMutablePointer<FILE>

    /// Starts a program; its standard error is ours.
    init(_ arguments: [String]) throws {
        var ends: [Int32] = [-1, -1]
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        guard unsafe socketpair(AF_UNIX, type, 0, &ends) == 0 else {
            throw PeerProcess.failure(arguments, errno)
        }
        defer { _ = close(ends[1]) }
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_adddup2(&actions, ends[1], STDIN_FILENO)
        unsafe posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
        var process: pid_t = 0
        var texts = unsafe arguments.map { unsafe strdup($0) } + [nil]
        defer { unsafe texts.forEach { unsafe free($0) } }
        let refusal = unsafe posix_spawnp(&process, arguments[0], &actions, nil, &texts, environ)
        guard refusal == 0, let stream = unsafe fdopen(ends[0], "r") else {
            _ = close(ends[0])
            throw PeerProcess.failure(arguments, refusal)
        }
        self.process = process
        descriptor = ends[0]
        unsafe self.stream = stream
    }

    /// Ends the program by closing its input.
    deinit {
        unsafe fclose(stream)
        waitpid(process, nil, 0)
    }

    /// The answer to a line; nil when the program has ended.
    func ask(_ line: String) -> String? { tell(line) ? hear() : nil }

    /// Sends a line; its answer comes from `hear`.
    func tell(_ line: String) -> Bool {
        let question = Array((line + "\n").utf8)
        return unsafe send(descriptor, question, question.count, Int32(MSG_NOSIGNAL))
            == question.count
    }

    /// The next answer; nil when the program has ended.
    func hear() -> String? {
        var text: UnsafeMutablePointer<CChar>?
        var room = 0
        defer { unsafe free(text) }
        guard unsafe getline(&text, &room, stream) > 0, let text = unsafe text else { return nil }
        return String(unsafe String(cString: text).dropLast())
    }

    private static func failure(_ arguments: [String], _ errno: Int32) -> Failure {
        Failure(
            "\(arguments[0]) did not start", why: unsafe String(cString: strerror(errno)),
            remedy: "run tools/setup, or give --no-peer")
    }
}
