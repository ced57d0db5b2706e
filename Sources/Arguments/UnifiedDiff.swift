/// What changed between two texts, line by line, in the unified format of `diff -u`.
///
/// Source: POSIX.1-2024, `diff`, "Diff -u Output Format".
public enum UnifiedDiff {
    private struct Line {
        enum Kind: String { case kept = " ", removed = "-", added = "+" }
        let kind: Kind
        let text: Substring
        /// Whether a line break follows; the last line may have none.
        let isEnded: Bool
    }

    /// The hunks with their head lines, each line ended; empty when the texts are equal.
    ///
    /// - Parameter context: lines kept around each change.
    public static func text(
        from old: String, to new: String, oldName: String, newName: String, context: Int = 3
    ) -> String {
        let lines = merged(split(old), split(new))
        guard lines.contains(where: { $0.kind != .kept }) else { return "" }
        var text = "--- \(oldName)\n+++ \(newName)\n"
        for hunk in hunks(lines, context) { text += self.text(of: hunk, in: lines) }
        return text
    }

    private static func split(_ text: String) -> [Substring] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        // A text that ends with a line break has no line after it.
        if lines.last?.isEmpty == true { lines.removeLast() } else { markOpenEnd(&lines) }
        return lines
    }

    /// A last line without a break differs from the same line with one.
    private static func markOpenEnd(_ lines: inout [Substring]) {
        guard let last = lines.popLast() else { return }
        lines.append(last + openEnd)
    }

    private static let openEnd = "\n\\ No newline at end of file"

    private static func line(_ kind: Line.Kind, _ text: Substring) -> Line {
        let isOpen = text.hasSuffix(openEnd)
        return Line(
            kind: kind, text: isOpen ? text.dropLast(openEnd.count) : text, isEnded: !isOpen)
    }

    /// All lines of both texts in one sequence, removed ones before added ones.
    private static func merged(_ old: [Substring], _ new: [Substring]) -> [Line] {
        var removed: Set<Int> = []
        var added: Set<Int> = []
        for change in new.difference(from: old) {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): added.insert(offset)
            }
        }
        var lines: [Line] = []
        var (left, right) = (0, 0)
        while left < old.count || right < new.count {
            if left < old.count, removed.contains(left) {
                lines.append(line(.removed, old[left]))
                left += 1
            } else if right < new.count, added.contains(right) {
                lines.append(line(.added, new[right]))
                right += 1
            } else {
                lines.append(line(.kept, old[left]))
                left += 1
                right += 1
            }
        }
        return lines
    }

    /// Ranges of lines with their context; those that touch are one.
    private static func hunks(_ lines: [Line], _ context: Int) -> [Range<Int>] {
        var hunks: [Range<Int>] = []
        for index in lines.indices where lines[index].kind != .kept {
            let range = max(0, index - context)..<min(lines.count, index + context + 1)
            if let last = hunks.last, last.upperBound >= range.lowerBound {
                hunks[hunks.count - 1] = last.lowerBound..<range.upperBound
            } else {
                hunks.append(range)
            }
        }
        return hunks
    }

    private static func text(of hunk: Range<Int>, in lines: [Line]) -> String {
        func count(_ range: Range<Int>, without kind: Line.Kind) -> Int {
            lines[range].count { $0.kind != kind }
        }
        func range(without kind: Line.Kind) -> String {
            let before = count(0..<hunk.lowerBound, without: kind)
            let inside = count(hunk, without: kind)
            // An empty range names the line before it.
            let first = inside == 0 ? before : before + 1
            return inside == 1 ? "\(first)" : "\(first),\(inside)"
        }
        var text = "@@ -\(range(without: .added)) +\(range(without: .removed)) @@\n"
        for line in lines[hunk] {
            text += line.kind.rawValue + line.text + (line.isEnded ? "" : openEnd) + "\n"
        }
        return text
    }
}
