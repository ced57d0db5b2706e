import Arguments
import Testing

private let plain = Terminal(isStyled: false, width: 20)
private let styled = Terminal(isStyled: true, width: 20)

@Suite struct TerminalTests {
    @Test func stylesOnlyWhereWanted() {
        #expect(plain.bold("a") == "a")
        #expect(plain.check + plain.cross == "✓✗")
        #expect(styled.bold("a") == "\u{1b}[1ma\u{1b}[0m")
        #expect(styled.styled("a", .bold, .red) == "\u{1b}[1;31ma\u{1b}[0m")
        #expect(styled.mark(true) == styled.green("✓"))
        #expect(styled.mark(false) == styled.red("✗"))
    }

    @Test func linesUpTables() {
        let text = plain.table(
            header: ["name", "count"], rows: [["ü", "1"], ["longer", "20000"], ["short"]],
            alignments: [.left, .right])
        #expect(text == "name    count\nü           1\nlonger  20000\nshort\n")
    }

    @Test func linesUpStyledCells() {
        let rows = [[styled.green("ok"), "1"], ["failed", "2"]]
        #expect(styled.table(rows: rows) == styled.green("ok") + "      1\nfailed  2\n")
        #expect(plain.table(rows: []) == "")
    }

    @Test func drawsRulesAndBoxes() {
        #expect(plain.rule() == String(repeating: "─", count: 20))
        #expect(plain.rule("one") == "── one ─────────────")
        #expect(plain.box(["a", "bcd"]) == "╭─────╮\n│ a   │\n│ bcd │\n╰─────╯")
    }
}
