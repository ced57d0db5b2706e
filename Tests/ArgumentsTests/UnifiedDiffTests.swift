import Arguments
import Primitives
import Testing

@Suite struct UnifiedDiffTests {
    private func diff(_ old: String, _ new: String, context: Int = 3) -> String {
        UnifiedDiff.text(from: old, to: new, oldName: "a", newName: "b", context: context)
    }

    /// What `diff -u` prints, names aside.
    @Test func isWhatDiffPrints() {
        #expect(diff("a\nb\n", "a\nb\n") == "")
        #expect(diff("", "") == "")
        #expect(diff("", "x\n") == "--- a\n+++ b\n@@ -0,0 +1 @@\n+x\n")
        #expect(diff("x\n", "") == "--- a\n+++ b\n@@ -1 +0,0 @@\n-x\n")
        #expect(
            diff("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nV\n6\n7\n8\n9\n")
                == "--- a\n+++ b\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+V\n 6\n 7\n 8\n")
        #expect(
            diff("a\nb", "a\nc\n")
                == "--- a\n+++ b\n@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+c\n")
        #expect(
            diff("a", "a\n") == "--- a\n+++ b\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n")
    }

    /// Old and new can be read back from it when the context is the whole text.
    @Test func holdsBothTexts() {
        var random = SeededRandom(seed: 5)
        for _ in 0..<300 {
            let texts = (0..<2).map { _ in
                let words = (0..<Int(random.next() % 12)).map { _ in "w\(random.next() % 4)" }
                return words.joined(separator: "\n") + (random.next() % 2 == 0 ? "\n" : "")
            }
            let text = diff(texts[0], texts[1], context: 100)
            if text.isEmpty {
                #expect(texts[0] == texts[1])
                continue
            }
            #expect(side(" -", of: text) == texts[0])
            #expect(side(" +", of: text) == texts[1])
        }
    }

    private func side(_ marks: String, of text: String) -> String {
        var side = ""
        var wasTaken = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropFirst(3) {
            if line.hasPrefix("\\") {
                if wasTaken { side.removeLast() }
            } else if let mark = line.first {
                wasTaken = marks.contains(mark)
                if wasTaken { side += line.dropFirst() + "\n" }
            }
        }
        return side
    }
}

@Suite struct UTCTimeTests {
    @Test(
        arguments: [
            (0, "1970-01-01 00:00:00"), (951_782_399, "2000-02-28 23:59:59"),
            (951_782_400, "2000-02-29 00:00:00"), (1_709_251_199, "2024-02-29 23:59:59"),
            (1_767_225_599, "2025-12-31 23:59:59"), (1_800_000_000, "2027-01-15 08:00:00"),
            (4_107_542_400, "2100-03-01 00:00:00"), (253_402_300_799, "9999-12-31 23:59:59"),
        ] as [(UInt64, String)])
    func readsAsTheCalendar(_ seconds: UInt64, _ text: String) {
        #expect(UTCTime.text(seconds: seconds) == text)
    }

    @Test func neverTraps() { #expect(!UTCTime.text(seconds: .max).isEmpty) }
}
