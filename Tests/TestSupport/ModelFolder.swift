internal import Glibc

/// The files of one sample model: the ONNX file, an input, its expected output, a test set.
public struct ModelFolder: Sendable {
    private let path: String

    /// A model that travels with the sources.
    public init(fixture name: String) {
        let tests = #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
        path = "/\(tests)/Fixtures/models/\(name)"
    }

    /// A model of the shared data; nil where there is none.
    public init?(shared name: String) {
        guard let folder = SharedData.folder else { return nil }
        path = "\(folder)/models/\(name)"
    }

    public var onnx: [UInt8]? { ModelFolder.read("\(path)/model.onnx") }

    /// The rows of numbers under `key` in one of the JSON files.
    public func rows(_ file: String, key: String) -> [[Float]]? {
        guard let bytes = ModelFolder.read("\(path)/\(file)") else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        guard let after = text.split(separator: "\"\(key)\"", maxSplits: 1).dropFirst().first,
            let list = after.split(separator: "]]", maxSplits: 1).first
        else { return nil }
        return list.split(separator: "]").map { row in
            row.split { !"0123456789+-.eE".contains($0) }.compactMap { Float($0) }
        }
    }

    /// The held-out rows and their labels.
    public func testSet(rowLength: Int) -> (rows: [[Float]], labels: [Int])? {
        guard let bytes = ModelFolder.read("\(path)/testset.npz"), let archive = NPZArchive(bytes),
            let x = archive.floats("x"), let y = archive.integers("y"),
            x.count == y.count * rowLength
        else { return nil }
        let rows = stride(from: 0, to: x.count, by: rowLength).map { Array(x[$0..<$0 + rowLength]) }
        return (rows, y.map { Int($0) })
    }

    /// The bytes of a file; nil where it cannot be read.
    public static func read(_ path: String) -> [UInt8]? {
        guard let file = unsafe fopen(path, "rb") else { return nil }
        defer { unsafe fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = unsafe fread(&chunk, 1, chunk.count, file)
            if count == 0 { return bytes }
            bytes += chunk[..<count]
        }
    }

    /// The folder that an environment variable names, or another, if it is there.
    public static func existing(variable: String, otherwise: String) -> String? {
        let path = unsafe getenv(variable).map { unsafe String(cString: $0) } ?? otherwise
        return unsafe access(path, R_OK) == 0 ? path : nil
    }

    /// The names in a folder, in no order.
    public static func entries(_ path: String) -> [String] {
        guard let folder = unsafe opendir(path) else { return [] }
        defer { unsafe closedir(folder) }
        var names: [String] = []
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) {
                    unsafe String(cString: $0)
                }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names
    }
}
