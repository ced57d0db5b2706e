internal import Crypto
internal import HTTP
internal import Inference
internal import Ledger
internal import Node
internal import Primitives
internal import RPC
internal import Store
internal import Threads

/// What every answer names as the node's version.
let clientVersion = "Assay/0.1.0/linux-\(architecture)/swift"

#if arch(x86_64)
    private let architecture = "x86_64"
#else
    private let architecture = "arm64"
#endif

/// A node, its store and its server, started and stopped together.
final class LocalNode {
    let node: Node
    let server: HTTPServer
    private let store: any KeyValueStore

    /// - Parameters:
    ///   - data: the folder of its database; nil keeps everything in memory.
    ///   - modelBytesMax: bytes of graphs and engines kept in memory.
    init(
        genesis: Genesis, data: String?, accounts: [PrivateKey], clock: any Clock,
        sealing: Sealing = .instant, kernels: KernelLevel = .best,
        modelBytesMax: Int = ModelLibrary.standardBytes,
        host: String = "127.0.0.1", port: UInt16 = 0, blobLimits: BlobLimits = .standard,
        log: (@Sendable (HTTPRequest, HTTPResponse) -> Void)? = nil
    ) throws {
        if let data {
            do { store = try LevelDBStore(path: data) } catch {
                throw Failure(
                    "the data folder \(data) cannot be opened", why: "\(error)",
                    remedy: "choose another with --data")
            }
        } else {
            store = MemoryStore()
        }
        do {
            node = try Node(
                genesis: genesis, store: store, clock: clock, sealing: sealing,
                workers: ThreadPool(count: ThreadPool.processorCount), blobLimits: blobLimits,
                modelBytesMax: modelBytesMax, kernels: kernels)
        } catch {
            throw LocalNode.failure(error, data ?? "memory")
        }
        let service = AssayService(
            node: node, accounts: accounts, operatorKey: try PrivateKey(Accounts.operatorKey),
            clientVersion: clientVersion)
        do {
            server = try HTTPServer(host: host, port: port, body: service.body) { request in
                let response = service.answer(request)
                log?(request, response)
                return response
            }
        } catch {
            throw Failure(
                "the node cannot listen", why: "\(error)", remedy: "choose another --port")
        }
    }

    /// Finishes what is under way, then closes the database.
    func stop() {
        server.stop()
        node.stop()
        store.close()
    }

    private static func failure(_ error: NodeError, _ data: String) -> Failure {
        switch error {
        case .wrongGenesis(let expected, let found):
            Failure(
                "the data in \(data) belongs to another chain",
                why: "its genesis is \(found), not \(expected)",
                remedy: "choose the --genesis it was made with, or another --data")
        default:
            Failure(
                "the chain in \(data) cannot be opened", why: "\(error)",
                remedy: "restore a copy of the folder; nothing was changed in it")
        }
    }
}
