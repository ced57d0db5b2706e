/// Decides from what became of it how much to run ahead. It changes speed, never results.
struct SpeculationPolicy {
    /// Fewer transactions than this are not worth waking anyone.
    static let windowMin = 8
    static let windowFirst = 64
    static let windowMax = 512
    static let pauseFirst = 512
    static let pauseMax = 1 << 16

    /// Whether it runs ahead always, worth it or not: tests want that.
    private let isEager: Bool
    private var window = windowFirst
    /// How long the next pause lasts.
    private var pause = pauseFirst
    private var pauseLeft = 0

    init(isEager: Bool) { self.isEager = isEager }

    /// How many of the transactions that are left the next window takes. None while it pauses; a
    /// pause is counted in calls.
    mutating func next(of left: Int) -> Int {
        guard pauseLeft == 0 else {
            pauseLeft -= 1
            return 0
        }
        let size = min(window, left)
        return size >= SpeculationPolicy.windowMin || isEager ? size : 0
    }

    /// What became of a window. It was worth it when half of its runs held: less costs more than
    /// it spares, since every other run is made twice.
    mutating func note(count: Int, held: Int) {
        if held * 2 >= count || isEager {
            window = min(window * 2, SpeculationPolicy.windowMax)
            pause = SpeculationPolicy.pauseFirst
        } else {
            window = SpeculationPolicy.windowFirst
            pauseLeft = pause
            pause = min(pause * 4, SpeculationPolicy.pauseMax)
        }
    }
}
