// Text for people: colour where it is wanted, tables that line up, marks and rules.

internal import Glibc

/// One output stream and how it may be styled.
///
/// Colour is written only to a terminal, never with `NO_COLOR` set (no-color.org) or `TERM=dumb`.
public struct Terminal: Sendable {
    public enum Style: String, Sendable, CaseIterable {
        case bold = "1"
        case dim = "2"
        case red = "31"
        case green = "32"
        case yellow = "33"
        case blue = "34"
        case cyan = "36"
    }

    public enum Alignment: Sendable { case left, right }

    /// Whether styles are written.
    public let isStyled: Bool
    /// Columns of the terminal, or 80.
    public let width: Int
    private let descriptor: Int32

    public static let output = Terminal(descriptor: STDOUT_FILENO)
    public static let errors = Terminal(descriptor: STDERR_FILENO)

    /// A stream with given properties, for tests.
    public init(isStyled: Bool, width: Int = 80, descriptor: Int32 = 1) {
        self.isStyled = isStyled
        self.width = width
        self.descriptor = descriptor
    }

    private init(descriptor: Int32) {
        let isTerminal = isatty(descriptor) == 1
        let isPlain =
            Terminal.variable("NO_COLOR").map { !$0.isEmpty } ?? false
            || Terminal.variable("TERM") == "dumb"
        self.init(
            isStyled: isTerminal && !isPlain, width: Terminal.columns(of: descriptor) ?? 80,
            descriptor: descriptor)
    }

    // MARK: - Writing

    /// Writes text as it is. A reader that has gone is no error of ours.
    public func write(_ text: String) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = unsafe bytes.withUnsafeBytes { raw in
                unsafe Glibc.write(descriptor, raw.baseAddress, raw.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }

    public func line(_ text: String = "") { write(text + "\n") }

    // MARK: - Styling

    public func styled(_ text: String, _ styles: Style...) -> String {
        guard isStyled, !styles.isEmpty else { return text }
        let codes = styles.map(\.rawValue).joined(separator: ";")
        return "\u{1b}[\(codes)m\(text)\u{1b}[0m"
    }

    public func bold(_ text: String) -> String { styled(text, .bold) }
    public func dim(_ text: String) -> String { styled(text, .dim) }
    public func green(_ text: String) -> String { styled(text, .green) }
    public func red(_ text: String) -> String { styled(text, .red) }
    public func yellow(_ text: String) -> String { styled(text, .yellow) }
    public func cyan(_ text: String) -> String { styled(text, .cyan) }

    public var check: String { green("✓") }
    public var cross: String { red("✗") }
    public func mark(_ isRight: Bool) -> String { isRight ? check : cross }

    /// A line across the terminal, at most 100 columns, with a title near its left end.
    public func rule(_ title: String = "") -> String {
        let columns = min(width, 100)
        let head = title.isEmpty ? "" : "── \(bold(title)) "
        let left = max(0, columns - Terminal.visibleWidth(head))
        return head + dim(String(repeating: "─", count: left))
    }

    /// Lines in a box as wide as the widest.
    public func box(_ lines: [String]) -> String {
        let inner = lines.map(Terminal.visibleWidth).max() ?? 0
        let edge = String(repeating: "─", count: inner + 2)
        let rows = lines.map { line in
            let gap = String(repeating: " ", count: inner - Terminal.visibleWidth(line))
            return dim("│") + " " + line + gap + " " + dim("│")
        }
        return ([dim("╭\(edge)╮")] + rows + [dim("╰\(edge)╯")]).joined(separator: "\n")
    }

    /// Rows in columns that line up, each followed by a line break; cells may be styled.
    ///
    /// A row may have fewer cells than the header. `alignments` defaults to left.
    public func table(
        header: [String] = [], rows: [[String]], alignments: [Alignment] = []
    ) -> String {
        let all = header.isEmpty ? rows : [header] + rows
        let columns = all.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in
            all.map { column < $0.count ? Terminal.visibleWidth($0[column]) : 0 }.max() ?? 0
        }
        return all.indices.map { index in
            let cells = all[index].indices.map { column in
                let cell = all[index][column]
                let gap = String(
                    repeating: " ", count: widths[column] - Terminal.visibleWidth(cell))
                let shown = index == 0 && !header.isEmpty ? bold(cell) : cell
                let isRight = column < alignments.count && alignments[column] == .right
                return isRight ? gap + shown : shown + gap
            }
            return Terminal.withoutTrailingSpaces(cells.joined(separator: "  ")) + "\n"
        }.joined()
    }

    /// The columns a text takes: characters, without the escape sequences of styles.
    static func visibleWidth(_ text: String) -> Int {
        var count = 0
        var isEscape = false
        for character in text {
            if character == "\u{1b}" { isEscape = true }
            if !isEscape { count += 1 }
            if character == "m" { isEscape = false }
        }
        return count
    }

    private static func withoutTrailingSpaces(_ text: String) -> String {
        guard let last = text.lastIndex(where: { $0 != " " }) else { return "" }
        return String(text[...last])
    }

    private static func variable(_ name: String) -> String? {
        unsafe getenv(name).map { unsafe String(cString: $0) }
    }

    private static func columns(of descriptor: Int32) -> Int? {
        var size = winsize()
        guard unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
            return nil
        }
        return Int(size.ws_col)
    }
}

/// One line on standard error that tells how far the work is; it vanishes when the work is done.
///
/// Nothing is written where standard error is no terminal, so logs stay clean.
public struct ProgressLine: ~Copyable {
    private let terminal: Terminal
    private var shown = ""

    public init(on terminal: Terminal = .errors) { self.terminal = terminal }

    deinit { if !shown.isEmpty { terminal.write(ProgressLine.erased) } }

    /// Shows another text in place of the last, cut to the terminal's width.
    public mutating func show(_ text: String) {
        guard terminal.isStyled else { return }
        let cut = String(text.prefix(max(0, terminal.width - 1)))
        guard cut != shown else { return }
        terminal.write(ProgressLine.erased + cut)
        shown = cut
    }

    /// Shows `title 12 of 40`.
    public mutating func show(_ title: String, done: Int, of total: Int) {
        show("\(title) \(done) of \(total)")
    }

    public mutating func clear() {
        guard !shown.isEmpty else { return }
        terminal.write(ProgressLine.erased)
        shown = ""
    }

    private static let erased = "\r\u{1b}[2K"
}
