import Testing

@Suite struct SourceTreeTests {
    @Test func takesCommentsAndTextsOut() {
        #expect(codeOnly("let a = 1  // Date") == "let a = 1  ")
        #expect(codeOnly("say(\"Date // \\\" x\") + b") == "say(\") + b")
        #expect(codeOnly("a / b") == "a / b")
        #expect(codeOnly("/// Float") == "")
    }

    @Test func findsWholeWords() {
        #expect(contains("x = Date()", "Date"))
        #expect(contains("Date", "Date"))
        #expect(!contains("x = Dated()", "Date"))
        #expect(!contains("myDate", "Date"))
        #expect(contains("myDate Date", "Date"))
        #expect(contains("x.random(in: y)", ".random("))
        #expect(!contains("fingerprint(x)", "print("))
        #expect(contains("as! Int", "as!"))
        #expect(!contains("has! Int", "as!"))
    }

    @Test func readsImports() {
        let lines = [
            "import A", "internal import B", "public import struct C.D", "@testable import E",
            "// import F", "let important = 1", "    import G",
        ]
        let file = SourceFile(path: "Sources/X/Y.swift", text: "", lines: lines)
        #expect(file.imports == ["A", "B", "C", "E", "G"])
        #expect(file.target == "X")
    }
}
