internal import CKernels

/// A box of elements that moves from one tensor to another.
struct PlanCopy: Sendable {
    /// Of one element.
    let byteCount: Int
    let source: Place
    /// In elements, from the start of either tensor.
    let sourceStart: Int
    let target: Place
    let targetStart: Int
    /// Outermost first; never empty axes, and neighbours that are one are joined.
    let axes: [Axis]

    struct Axis: Sendable, Equatable {
        var size: Int
        var step: Int
        var outStep: Int
    }

    init(
        byteCount: Int, source: Place, sourceStart: Int = 0, target: Place, targetStart: Int = 0,
        axes: [Axis]
    ) {
        self.byteCount = byteCount
        self.source = source
        self.sourceStart = sourceStart
        self.target = target
        self.targetStart = targetStart
        var joined: [Axis] = []
        for axis in axes where axis.size > 1 {
            if let last = joined.last, last.step == axis.step * axis.size,
                last.outStep == axis.outStep * axis.size
            {
                joined[joined.count - 1] = Axis(
                    size: last.size * axis.size, step: axis.step, outStep: axis.outStep)
            } else {
                joined.append(axis)
            }
        }
        self.axes = joined
    }

    @unsafe func run(_ run: PlanRun) {
        var box = assay_copy_box()
        box.rank = Int32(axes.count)
        unsafe withUnsafeMutableBytes(of: &box.sizes) { sizes in
            let sizes = unsafe sizes.assumingMemoryBound(to: Int.self)
            for (index, axis) in axes.enumerated() { unsafe sizes[index] = axis.size }
        }
        unsafe withUnsafeMutableBytes(of: &box.steps) { steps in
            let steps = unsafe steps.assumingMemoryBound(to: Int.self)
            for (index, axis) in axes.enumerated() { unsafe steps[index] = axis.step }
        }
        unsafe withUnsafeMutableBytes(of: &box.outSteps) { steps in
            let steps = unsafe steps.assumingMemoryBound(to: Int.self)
            for (index, axis) in axes.enumerated() { unsafe steps[index] = axis.outStep }
        }
        unsafe assay_copy(
            byteCount, &box, run.source(source) + sourceStart * byteCount,
            run.target(target) + targetStart * byteCount)
    }
}
