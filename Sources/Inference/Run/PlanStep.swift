internal import CKernels

/// One step of a plan: what to call with which places.
enum PlanStep: Sendable {
    case rows(PlanRows)
    case planes(PlanPlanes)
    case matrices(PlanMatrices)
    case affine(PlanElements, inner: Int, channels: Int, weights: Int, PlanRescale)
    case sum(PlanElements, left: Int32, right: Int32, PlanRescale)
    case product(PlanElements, PlanRescale)
    case lookup(PlanElements, table: Int, outElement: Int32)
    case select(PlanElements, condition: PlanOperand)
    case extremum(PlanElements, isMinimum: Bool)
    case maxPool(PlanOperand, PlanPool, target: Place)
    case reduceSum(PlanReduction, weight: Int32, PlanRescale)
    case reduceExtremum(PlanReduction, isMinimum: Bool)
    case argExtremum(PlanReduction, isMinimum: Bool, takesLast: Bool, outElement: Int32)
    case copy(PlanCopy)
    case fill(element: Int32, value: Int32, count: Int, target: Place)
    case take(PlanTake)
}

/// A tensor as the kernels take it.
struct PlanOperand: Sendable {
    let place: Place
    let element: Int32

    var byteCount: Int { element == 3 ? 4 : element == 2 ? 2 : 1 }
}

/// One or two tensors and a result with equally many elements.
struct PlanElements: Sendable {
    let first: PlanOperand
    let second: PlanOperand
    let target: Place
    let count: Int
}

/// Where biases and shifts lie in the plan's data, a number for each channel.
struct PlanRescale: Sendable {
    let bias: Int
    let shifts: Int?
    let low: Int32
    let high: Int32
    let element: Int32

    var byteCount: Int { element == 3 ? 4 : element == 2 ? 2 : 1 }
}

/// A tensor seen as `outer × middle × inner`, reduced over the middle.
struct PlanReduction: Sendable {
    let source: PlanOperand
    let target: Place
    let outer: Int
    let middle: Int
    let inner: Int
}

struct PlanPool: Sendable {
    let window: Window
    let channels: Int
    let plane: PlaneSize
    let output: PlaneSize
}

struct PlanTake: Sendable {
    let source: PlanOperand
    let indices: PlanOperand
    let indexCount: Int
    let target: Place
    let outer: Int
    let middle: Int
    let inner: Int
}

extension PlanStep {
    /// In how many parts the step may be run, and the work that they share.
    var parts: (count: Int, multiplyCount: Int) {
        switch self {
        case .rows(let rows): (rows.partCount, rows.multiplyCount)
        case .planes(let planes): (planes.partCount, planes.multiplyCount)
        case .matrices(let matrices): (matrices.partCount, matrices.multiplyCount)
        default: (1, 0)
        }
    }

    @unsafe func run(_ run: PlanRun, part: Int, of parts: Int, worker: Int) {
        switch self {
        case .rows(let rows): unsafe rows.run(run, part: part, of: parts, worker: worker)
        case .planes(let planes): unsafe planes.run(run, part: part, of: parts, worker: worker)
        case .matrices(let matrices):
            unsafe matrices.run(run, part: part, of: parts, worker: worker)
        case .affine, .sum, .product, .lookup, .select, .extremum: unsafe runElements(run)
        case .maxPool, .reduceSum, .reduceExtremum, .argExtremum: unsafe runReduction(run)
        case .copy(let copy): unsafe copy.run(run)
        case .fill(let element, let value, let count, let target):
            unsafe assay_fill(element, value, count, run.target(target))
        case .take(let take):
            unsafe assay_take(
                take.source.byteCount, take.indices.element, run.source(take.indices.place),
                take.indexCount, run.source(take.source.place), take.outer, take.middle,
                take.inner, run.target(take.target))
        }
    }

    @unsafe private func runElements(_ run: PlanRun) {
        switch self {
        case .affine(let elements, let inner, let channels, let weights, let rescale):
            var rescale = unsafe run.rescale(rescale)
            unsafe assay_affine(
                run.level, elements.first.element, run.source(elements.first.place),
                elements.count, inner, channels, run.numbers(weights), &rescale,
                run.target(elements.target))
        case .sum(let elements, let left, let right, let rescale):
            var rescale = unsafe run.rescale(rescale)
            unsafe assay_sum(
                run.level, elements.first.element, run.source(elements.first.place),
                elements.second.element, run.source(elements.second.place), elements.count, left,
                right, &rescale, run.target(elements.target))
        case .product(let elements, let rescale):
            var rescale = unsafe run.rescale(rescale)
            unsafe assay_multiply(
                run.level, elements.first.element, run.source(elements.first.place),
                elements.second.element, run.source(elements.second.place), elements.count,
                &rescale, run.target(elements.target))
        case .lookup(let elements, let table, let outElement):
            unsafe assay_lookup(
                run.level, elements.first.element, run.source(elements.first.place),
                elements.count, run.data + table, outElement, run.target(elements.target))
        case .select(let elements, let condition):
            unsafe assay_select(
                run.level, condition.element, run.source(condition.place),
                elements.first.element, run.source(elements.first.place),
                run.source(elements.second.place), elements.count, run.target(elements.target))
        case .extremum(let elements, let isMinimum):
            unsafe assay_extremum(
                run.level, elements.first.element, run.source(elements.first.place),
                run.source(elements.second.place), elements.count, isMinimum ? 1 : 0,
                run.target(elements.target))
        default: return
        }
    }

    @unsafe private func runReduction(_ run: PlanRun) {
        switch self {
        case .maxPool(let source, let pool, let target):
            var shape = assay_pool(pool)
            unsafe assay_max_pool(
                run.level, source.element, run.source(source.place), &shape,
                run.scratch(of: 0), run.target(target))
        case .reduceSum(let reduction, let weight, let rescale):
            var rescale = unsafe run.rescale(rescale)
            unsafe assay_reduce_sum(
                run.level, reduction.source.element, run.source(reduction.source.place),
                reduction.outer, reduction.middle, reduction.inner, weight, &rescale,
                run.scratch(of: 0).assumingMemoryBound(to: Int32.self),
                run.target(reduction.target))
        case .reduceExtremum(let reduction, let isMinimum):
            unsafe assay_reduce_extremum(
                run.level, reduction.source.element, run.source(reduction.source.place),
                reduction.outer, reduction.middle, reduction.inner, isMinimum ? 1 : 0,
                run.target(reduction.target))
        case .argExtremum(let reduction, let isMinimum, let takesLast, let outElement):
            unsafe assay_arg_extremum(
                run.level, reduction.source.element, run.source(reduction.source.place),
                reduction.outer, reduction.middle, reduction.inner, isMinimum ? 1 : 0,
                takesLast ? 1 : 0, outElement, run.target(reduction.target))
        default: return
        }
    }
}

extension assay_pool {
    fileprivate init(_ pool: PlanPool) {
        let window = pool.window
        self.init(
            channels: pool.channels, height: pool.plane.height, width: pool.plane.width,
            outHeight: pool.output.height, outWidth: pool.output.width,
            kernelHeight: window.kernel.height, kernelWidth: window.kernel.width,
            strideHeight: window.strides.height, strideWidth: window.strides.width,
            dilationHeight: window.dilations.height, dilationWidth: window.dilations.width,
            padTop: window.padsBefore.height, padLeft: window.padsBefore.width)
    }
}
