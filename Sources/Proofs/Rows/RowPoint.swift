/// Sums of eq(point, ·) over the first rows of a site.
public enum RowPoint {
    /// Σ_{x < count} eq(point, x), where bit j of x belongs to coordinate j.
    ///
    /// Cost: a product a coordinate.
    /// - Precondition: `count` is at most 2 to the number of coordinates.
    public static func mass(_ point: ArraySlice<Extension>, count: Int) -> Extension {
        precondition(0 <= count && count <= 1 << point.count, "the rows fit the point")
        guard count < 1 << point.count else { return .one }
        var sum = Extension.zero
        // eq of the high coordinates with the high bits of `count`.
        var prefix = Extension.one
        for bit in (0..<point.count).reversed() {
            let one = prefix * point[point.startIndex + bit]
            if count >> bit & 1 == 1 {
                sum += prefix - one
                prefix = one
            } else {
                prefix -= one
            }
        }
        return sum
    }
}

extension RowSite {
    /// The coordinates of the zero-check's point that belong to this site.
    public func prefix(of point: [Extension]) -> ArraySlice<Extension> {
        point[..<variableCount]
    }

    /// What the real rows add to a column's evaluation at the point: ⟨eq(point, ·), column⟩ over
    /// rows 0..<rowCount, the functional that an opening proves.
    ///
    /// - Parameters:
    ///   - evaluation: of the column with its virtual rows.
    ///   - padding: the column's value in virtual rows.
    public func realPart(
        of evaluation: Extension, padding: Extension, at point: [Extension]
    ) -> Extension {
        let virtual = Extension.one - RowPoint.mass(prefix(of: point), count: rowCount)
        return evaluation - padding * virtual
    }
}
