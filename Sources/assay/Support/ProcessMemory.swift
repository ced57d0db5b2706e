internal import Files
internal import Glibc

/// Memory of this process, as the system counts it.
enum ProcessMemory {
    /// Bytes that are in memory now.
    static func residentBytes() throws -> Int {
        let text = String(decoding: try Files.read("/proc/self/statm"), as: UTF8.self)
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }

    /// Makes the most bytes the bytes that are in memory now.
    static func resetPeak() { try? Files.write(Array("5".utf8), to: "/proc/self/clear_refs") }

    /// The most bytes that were in memory at once: `VmHWM`, in KiB.
    static func peakBytes() throws -> Int {
        let text = String(decoding: try Files.read("/proc/self/status"), as: UTF8.self)
        let line = text.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
        return line.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 * 1024 }
            ?? 0
    }
}
